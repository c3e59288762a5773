// Dialogs: keys, flag, comment, skip, a new speaker, a conflict, signing in again.

import { el } from '../lib/dom.js';
import { t } from '../lib/messages.js';
import { nameOf } from './panels.js';

const SKIPS = () => [t('not understandable'), t('wrongly cut'), t('not Arabic'), t('for someone else')];

export class Dialogs {
  #desk;
  #frame;

  constructor(desk) {
    this.#desk = desk;
    this.#frame = el('dialog.dialog', { onclose: () => desk.focusBack() });
    desk.append(this.#frame);
  }

  get open() {
    return this.#frame.open;
  }

  #show(title, ...content) {
    if (this.#frame.open) this.#frame.close();
    this.#frame.replaceChildren(el('form', { method: 'dialog', onsubmit: (event) => event.preventDefault() }, el('h2', { id: 'dialog-title' }, title), ...content));
    this.#frame.setAttribute('aria-labelledby', 'dialog-title');
    this.#frame.showModal();
  }

  close() {
    this.#frame.close();
  }

  #buttons(...buttons) {
    return el('div.buttons', {}, ...buttons, el('button', { type: 'button', onclick: () => this.close() }, t('Cancel')));
  }

  /** One text to write; `done(text)` gets it, null for an empty one. */
  #ask(title, value, label, done) {
    const field = el('textarea', { rows: 3, dir: 'auto', value: value ?? '', maxLength: 5000, aria: { label } });
    const finish = () => {
      this.close();
      done(field.value.trim() || null);
    };
    field.addEventListener('keydown', (event) => {
      if (event.code === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        finish();
      }
    });
    this.#show(title, el('p', {}, label), field, this.#buttons(el('button.primary', { type: 'button', onclick: finish }, t('Keep'))));
    field.focus();
  }

  flag() {
    this.#ask(t('Flag for discussion'), this.#desk.answer.flag, t('What should be discussed? An empty text takes the flag away.'), (text) => this.#desk.setNote('flag', text));
  }

  comment() {
    this.#ask(t('Comment'), this.#desk.answer.comment, t('A comment on this sentence'), (text) => this.#desk.setNote('comment', text));
  }

  skip() {
    const reason = (text) => () => {
      this.close();
      this.#desk.skip(text);
    };
    const field = el('input', { type: 'text', dir: 'auto', maxLength: 500, aria: { label: t('another reason') }, placeholder: t('another reason') });
    field.addEventListener('keydown', (event) => {
      if (event.code === 'Enter' && field.value.trim()) reason(field.value.trim())();
    });
    this.#show(t('Why skip this sentence?'), el('div.choices', {}, ...SKIPS().map((text) => el('button.choice', { type: 'button', onclick: reason(text) }, text))), field, this.#buttons());
  }

  /** "Is this the same as …?" before a new entry is made. */
  newSpeaker(name, like) {
    const kinds = this.#desk.scheme.layers.speaker.kinds.filter((kind) => !['article', 'unclear'].includes(kind.id));
    const take = (entry) => () => {
      this.close();
      this.#desk.setSpeaker(entry);
    };
    this.#show(t('New speaker'),
      el('p.name', {}, el('bdi', {}, name)),
      like.length ? el('p', {}, t('Is this the same as …?')) : null,
      like.length ? el('div.choices', {}, ...like.map((entry) => el('button.choice', { type: 'button', onclick: take(entry) }, el('bdi', {}, entry.canonical)))) : null,
      el('p', {}, t('If not, what is it?')),
      el('div.choices', {}, ...kinds.map((kind) => el('button.choice', { type: 'button', title: kind[`def_${this.#desk.language}`] || null, onclick: () => {
        this.close();
        this.#desk.setSpeaker(this.#desk.newEntry(name, kind.id));
      } }, nameOf(kind, this.#desk.language)))),
      this.#buttons());
    this.#frame.querySelector('.choices:last-of-type button')?.focus();
  }

  /** Both versions, to choose from; neither is lost, since the log keeps every saved one. */
  conflict({ text, current, yours }, choose) {
    const side = (title, answer, action) => el('section.version', {}, el('h3', {}, title), summary(this.#desk, answer),
      el('button.primary', { type: 'button', onclick: () => {
        this.close();
        choose(action);
      } }, t('Take this one')));
    this.#show(t('This sentence was changed elsewhere'),
      el('p.quote', { dir: 'auto' }, text),
      el('div.versions', {}, side(t('What you did here'), yours, 'yours'), side(t('What is stored'), current, 'theirs')));
  }

  refused(faults) {
    this.#show(t('The server did not accept this answer'),
      el('ul', {}, ...faults.map((fault) => el('li', {}, fault.path ? el('code', { dir: 'ltr' }, fault.path) : null, ' ', fault.message))),
      el('p', {}, t('It is kept here. Change it and save again.')),
      el('div.buttons', {}, el('button.primary', { type: 'button', onclick: () => this.close() }, t('Back to the sentence'))));
  }

  signIn(done) {
    this.#show(t('Your session has ended'), el('p', {}, t('Nothing is lost: your work is kept in this browser. Sign in in another tab, then continue.')),
      el('div.buttons', {}, el('a.button', { href: '/sign-in', target: '_blank', rel: 'noopener' }, t('Sign in in a new tab')),
        el('button.primary', { type: 'button', onclick: () => {
          this.close();
          done();
        } }, t('Continue'))));
  }

  keys() {
    const name = (code) => this.#desk.keyNames.name(code);
    const line = (codes, text) => el('tr', {}, el('td', {}, ...codes.flatMap((code) => [el('kbd', {}, name(code)), ' '])), el('td', {}, text));
    const layer = (labels) => labels.filter((label) => label.key && !label.retired).map((label) => line([label.key], nameOf(label, this.#desk.language)));
    const { layers } = this.#desk.scheme;
    const table = (title, rows) => el('section', {}, el('h3', {}, title), el('table', {}, el('tbody', {}, ...rows)));
    this.#show(t('Keys'), el('div.key-tables', {},
      table(t('Commands'), [
        line(['Enter'], t('save, next sentence')), line(['Comma'], t('previous sentence')), line(['Space'], t('word cursor; arrows move, Shift extends')),
        line(['KeyL'], t('a letter for each word')), line(['BracketLeft', 'BracketRight'], t('selection larger, smaller; Alt by particle, Ctrl by character')),
        line(['Backspace'], t('remove the mark')), line(['KeyB'], t('speaker; with words selected: they name the speaker')), line(['KeyN'], t('speaker as before')),
        line(['KeyM'], t('no claim, article voice')), line(['KeyJ'], t('another statement')), line(['Period'], t('take all that was seen before')),
        line(['KeyY'], t('flag for discussion')), line(['KeyU'], t('comment')), line(['KeyI'], t('guideline')), line(['KeyO'], t('whole document')),
        line(['Backquote'], t('skip')), line(['Tab'], t('next layer')),
      ]),
      table(nameOf(layers.speaker, this.#desk.language), layer([...layers.speaker.reserved, ...layers.speaker.attribution])),
      table(nameOf(layers.stance, this.#desk.language), layer([...layers.stance.targets, ...layers.stance.values])),
      table(nameOf(layers.claim_type, this.#desk.language), layer(layers.claim_type.labels)),
      table(t('{layer}, with words selected', { layer: nameOf(layers.entities, this.#desk.language) }), layer(layers.entities.labels))),
    el('p', {}, el('kbd', {}, 'Ctrl+Z'), ' ', t('undo'), ' · ', el('kbd', {}, 'Ctrl+Shift+Z'), ' ', t('redo')),
    el('div.buttons', {}, el('button.primary', { type: 'button', onclick: () => this.close() }, t('Back to the sentence'))));
  }
}

/** An answer in words. */
function summary(desk, answer) {
  if (!answer) return el('p', {}, t('no answer'));
  const { layers } = desk.scheme;
  const named = (labels, id) => nameOf(labels.find((label) => label.id === id) ?? { en: id ?? '—', ar: id ?? '—' }, desk.language);
  const rows = (answer.labels?.statements ?? []).map((statement) => el('li', {},
    [statement.speaker?.canonical ?? '—', named(layers.speaker.attribution, statement.attribution), named(layers.stance.targets, statement.stance?.target),
      named(layers.stance.values, statement.stance?.value), named(layers.claim_type.labels, statement.claim_type)].join(' · ')));
  const entities = (answer.labels?.entities ?? []).map((entity) => el('li', {}, el('bdi', {}, entity.text), ' — ', named(layers.entities.labels, entity.label)));
  return el('div', {}, el('ul', {}, ...rows), el('ul', {}, ...entities), answer.comment ? el('p', { dir: 'auto' }, answer.comment) : null);
}
