// Dialogs: keys, flag, comment, skip, a new speaker, two versions, a refusal, signing in again.

import { signIn } from '../lib/api.js';
import { el } from '../lib/dom.js';
import { t, tn } from '../lib/messages.js';
import { nameOf } from './panels.js';

const SKIPS = () => [t('not understandable'), t('wrongly cut'), t('not a news text'), t('for somebody else')];

export class Dialogs {
  #desk;
  #frame;
  #urgent = false; // what is open asks for a decision: a click beside it does not close it
  #next = []; // urgent ones that wait until what is open was closed: [name, way to open it]
  #typed = new Map(); // texts that were left without keeping them, by sentence and field

  constructor(desk) {
    this.#desk = desk;
    this.#frame = el('dialog.dialog', { aria: { labelledby: 'dialog-title' }, onclose: () => this.#closed(), onclick: (event) => event.target === this.#frame && !this.#urgent && this.close() });
    desk.append(this.#frame);
  }

  get open() {
    return this.#frame.open;
  }

  close() {
    this.#frame.close();
  }

  #closed() {
    if (this.open) return; // the event comes late: another one was opened meanwhile
    this.#urgent = false;
    const [[, open] = []] = this.#next.splice(0, 1);
    if (open) open();
    else this.#desk.focusBack();
  }

  #show(title, ...content) {
    const heading = el('h2', { id: 'dialog-title', tabIndex: -1 }, title);
    this.#frame.replaceChildren(heading, ...content.filter(Boolean));
    if (!this.#frame.open) this.#frame.showModal();
    if (this.#urgent) heading.focus(); // it came by itself: the key that was just under way decides nothing
    this.#frame.scrollTop = 0;
    return true;
  }

  /** Open what nobody asked for: at once, or when what is being written was closed. The same twice is one. */
  #urge(name, open) {
    const now = () => {
      this.#urgent = name;
      open();
    };
    if (!this.open) now();
    else if (this.#urgent !== name && !this.#next.some(([other]) => other === name)) this.#next.push([name, now]);
    return true;
  }

  #buttons(first, act, cancel = t('Cancel'), leave = () => this.close()) {
    return el('div.buttons', {}, first ? el('button.primary', { type: 'button', onclick: act }, first) : null,
      cancel ? el('button', { type: 'button', onclick: leave }, cancel) : null);
  }

  /** A choice by button or by the digit on it. */
  #numbered(texts, act) {
    return el('div.choices.numbered', {
      onkeydown: (event) => {
        const n = Number(/^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1]) - 1;
        if (texts[n] === undefined) return;
        event.preventDefault();
        event.stopPropagation(); // the dialog is closed by then, and the digit is a label of the next sentence
        act(n);
      },
    }, ...texts.map((text, n) => el('button.choice', { type: 'button', onclick: () => act(n) }, el('bdi', {}, text), el('kbd', { aria: { hidden: 'true' } }, String(n + 1)))));
  }

  // --- writing something -------------------------------------------------------------------------

  #ask(title, value, label, done) {
    const about = JSON.stringify([this.#desk.sentence.id, title, label]);
    const field = el('textarea', { rows: 3, dir: 'auto', value: this.#typed.get(about) ?? value ?? '', maxLength: 5000, aria: { label }, oninput: () => this.#typed.set(about, field.value) });
    const keep = () => {
      this.#typed.delete(about);
      this.close();
      done(field.value.trim() || null);
    };
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      keep();
    });
    const cancel = () => {
      this.#typed.delete(about);
      this.close();
    };
    this.#show(title, el('p', {}, label), field, this.#buttons(t('Keep'), keep, t('Cancel'), cancel));
    field.focus();
    return true;
  }

  flag() {
    return this.#ask(t('Flag for discussion'), this.#desk.answer.flag, t('What should be discussed? An empty text takes the flag away.'), (text) => this.#desk.setNote('flag', text));
  }

  comment() {
    return this.#ask(t('Comment'), this.#desk.answer.comment, t('A comment on this sentence'), (text) => this.#desk.setNote('comment', text));
  }

  /** A comment on words of the sentence. */
  remark(span, told) {
    return this.#ask(t('Comment'), told, t('A comment on “{text}”', { text: span.text }), (text) => this.#desk.setRemark(span, text));
  }

  skip() {
    const leave = (reason) => {
      this.close();
      this.#desk.skip(reason);
    };
    const field = el('input', { type: 'text', dir: 'auto', maxLength: 500, aria: { label: t('another reason') }, placeholder: t('another reason') });
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing && field.value.trim()) leave(field.value.trim());
    });
    const reasons = SKIPS();
    const list = this.#numbered(reasons, (n) => leave(reasons[n]));
    this.#show(t('Why skip this sentence?'), list, field, this.#buttons(t('Skip'), () => field.value.trim() && leave(field.value.trim())));
    list.querySelector('button').focus();
    return true;
  }

  // --- a new speaker -----------------------------------------------------------------------------

  /** "Is this the same as …?" before a new entry is made. */
  newSpeaker(name, like) {
    const desk = this.#desk;
    const kinds = desk.scheme.layers.speaker.kinds.filter(({ id, retired }) => !retired && !['article', 'unclear'].includes(id));
    const field = el('input', { type: 'text', dir: 'auto', value: name, maxLength: 500, aria: { label: t('Name') } });
    const take = (entry) => {
      this.close();
      desk.setSpeaker(entry);
    };
    const make = (n) => field.value.trim() && take(desk.newEntry(field.value.trim(), kinds[n].id));
    const known = this.#numbered(like.map((entry) => entry.canonical), (n) => take(like[n]));
    const fresh = el('div.choices', {}, ...kinds.map((kind, n) => el('button.choice', { type: 'button', title: kind[`def_${desk.language}`] || null, onclick: () => make(n) }, nameOf(kind, desk.language))));
    field.addEventListener('keydown', (event) => event.stopPropagation());
    this.#show(t('New speaker'), field,
      like.length ? el('h3', {}, t('Is this the same as …?')) : null, like.length ? known : null,
      el('h3', {}, like.length ? t('If not, what is it?') : t('What is it?')), fresh, this.#buttons());
    (like.length ? known : fresh).querySelector('button').focus();
    return true;
  }

  // --- what went wrong ---------------------------------------------------------------------------

  /** Both versions, to choose from; neither is lost, since the server keeps every version that was saved. */
  conflict({ text, current, yours }, choose) {
    const side = (title, answer, taken) => el('section.version', {}, el('h3', {}, title), summary(this.#desk, answer),
      el('button.primary', { type: 'button', data: { version: taken }, onclick: () => {
        this.close();
        choose(taken);
      } }, t('Take this one')));
    return this.#urge(`conflict ${text}`, () => this.#show(t('This sentence was changed elsewhere'), el('p.quote', { dir: 'auto' }, text),
      el('div.versions', {}, side(t('What you did here'), yours, 'yours'), side(t('What is stored'), current, 'theirs')), this.#buttons(null, null, t('Decide later'))));
  }

  refused(problem, back, giveUp) {
    const faults = problem.faults ?? [{ message: problem.detail ?? problem.title ?? '' }];
    const then = (act) => () => {
      this.close();
      act();
    };
    const never = [403, 404, 409].includes(problem.status); // it is not for this person: no change helps
    return this.#urge(`refused ${JSON.stringify(faults)}`, () => this.#show(t('The server did not accept this answer'),
      el('ul', {}, ...faults.map((fault) => el('li', {}, fault.path ? el('code', { dir: 'ltr' }, fault.path) : null, ' ', fault.message))),
      el('p', {}, never ? t('It is kept here until the sentence is yours again, or you give it up.') : t('It is kept here. Change it and save again.')),
      this.#buttons(t('Back to that sentence'), then(back)), never ? el('button.small', { type: 'button', onclick: then(giveUp) }, t('Give this answer up')) : null));
  }

  unsent(count, onward) {
    return this.#show(t('Not everything is sent yet'), el('p', {}, tn('{count} answer waits in this browser for the network. Signing out would lose it.',
      '{count} answers wait in this browser for the network. Signing out would lose them.', count)), this.#buttons(t('Stay'), () => this.close(), null),
    el('button.small', { type: 'button', onclick: onward }, t('Sign out and lose it')));
  }

  signIn(onward) {
    const field = (type, label, complete) => el('input', { type, required: true, dir: 'ltr', autocomplete: complete, aria: { label }, placeholder: label });
    const email = field('email', t('E-mail'), 'username');
    const password = field('password', t('Password'), 'current-password');
    const told = el('p.asks', { role: 'alert' });
    const enter = async (event) => {
      event.preventDefault();
      const outcome = await signIn(email.value, password.value, this.#desk.person).catch(() => 'offline');
      if (outcome === 'in') {
        this.close();
        onward();
      } else told.replaceChildren({ refused: t('E-mail or password is wrong.'), other: t('This is another person’s account; the work kept here is not theirs.') }[outcome] ?? t('There is no network.'));
    };
    return this.#urge('sign-in', () => this.#show(t('Your session has ended'), el('p', {}, t('Nothing is lost: your work is kept in this browser. Sign in, and it is sent.')),
      el('form.sign-in', { onsubmit: enter }, email, password, told, el('div.buttons', {}, el('button.primary', { type: 'submit' }, t('Sign in')),
        el('button', { type: 'button', onclick: () => this.close() }, t('Later'))))));
  }

  // --- the key map -------------------------------------------------------------------------------

  keys() {
    const desk = this.#desk;
    const { keys } = desk;
    const line = (codes, text) => codes.some(Boolean) && el('tr', {}, el('td', {}, ...codes.filter(Boolean).flatMap((code) => [el('kbd', {}, desk.keyNames.chord(code)), ' '])), el('td', {}, text));
    const layer = (labels) => labels.filter((label) => label.key && !label.retired).map((label) => line([label.key], nameOf(label, desk.language)));
    const table = (title, rows) => el('section', {}, el('h3', {}, title), el('table', {}, el('tbody', {}, ...rows.filter(Boolean))));
    const { speaker, stance, claim_type: claimType, entities } = desk.scheme.layers;
    return this.#show(t('Keys'), el('div.key-tables', {},
      table(t('Going'), [
        line([keys.save_next], t('save, next sentence')), line([keys.previous], t('previous sentence')), line([keys.skip], t('skip')), line(['Ctrl+KeyZ', 'Ctrl+Shift+KeyZ'], t('undo, redo')),
        line(['Tab', 'Shift+Tab'], t('next layer, previous layer')), line(['Escape'], t('let go of the words; again: to the tools')),
        line(['ArrowUp', 'ArrowDown'], t('more of the text around')), line([keys.flag], t('flag for discussion')), line([keys.comment], t('comment; with words selected: on them')),
        line([keys.guideline], t('guideline')), line([keys.document], t('whole document')), line(['F2'], t('my work')), line(['F1', 'Shift+Slash'], t('keys')),
      ]),
      table(t('Words'), [
        line([keys.cursor], t('word cursor; arrows move it, Shift extends')), line([keys.hints], t('letters over the words: first word, last word')),
        line(['BracketRight', 'BracketLeft'], t('one word more, less; Shift at the beginning')), line(['Alt+BracketRight', 'Alt+BracketLeft'], t('with the attached particle, without')),
        line(['Ctrl+BracketRight', 'Ctrl+BracketLeft'], t('one letter more, less')), line([keys.remove_mark], t('remove the mark')), line([keys.elsewhere], t('mark the same words elsewhere in the document')),
      ]),
      table(nameOf(speaker, desk.language), [...layer([...speaker.reserved, ...speaker.attribution]), line([keys.speakers], t('search; with words selected: they name the speaker')),
        line([keys.same_speaker], t('speaker as before')), line([keys.speaker_sentences], t('other sentences of the speaker')),
        line([keys.first_name, keys.second_name, keys.third_name], t('the first, second, third name found')), line([keys.no_claim_line], t('article’s voice, no claim')),
        line([keys.add_statement, keys.remove_statement], t('another statement; remove it')), line([keys.previous_statement, keys.next_statement], t('between statements'))]),
      table(nameOf(stance, desk.language), layer([...stance.targets, ...stance.values])),
      table(nameOf(claimType, desk.language), layer(claimType.labels)),
      table(t('{layer}, with words selected', { layer: nameOf(entities, desk.language) }), [...layer(entities.labels), line([keys.next_offer, keys.all_offers], t('take the next marked before, take all'))])),
    this.#buttons(t('Back to the sentence'), () => this.close(), t('Close')));
  }
}

/** An answer in words. */
function summary(desk, answer) {
  if (!answer) return el('p', {}, t('no answer'));
  const { speaker, stance, claim_type: claimType, entities } = desk.scheme.layers;
  const named = (labels, id) => nameOf(labels.find((label) => label.id === id) ?? { en: id ?? '—', ar: id ?? '—' }, desk.language);
  const rows = (answer.labels?.statements ?? []).map((one) => el('li', {}, ...[
    one.speaker?.canonical ?? '—', named(speaker.attribution, one.attribution), named(stance.targets, one.stance?.target),
    named(stance.values, one.stance?.value), named(claimType.labels, one.claim_type),
  ].flatMap((text, n) => [n ? ' · ' : '', el('bdi', {}, text)])));
  const marks = (answer.labels?.entities ?? []).map((entity) => el('li', {}, el('bdi', {}, entity.text), ' — ', named(entities.labels, entity.label)));
  const notes = [answer.skip_reason, answer.flag, answer.comment].filter(Boolean).map((text) => el('p', { dir: 'auto' }, text));
  return el('div', {}, el('ul', {}, ...rows), marks.length ? el('ul', {}, ...marks) : null, ...notes);
}
