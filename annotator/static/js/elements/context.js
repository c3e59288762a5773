// Beside the sentence: the whole document, one's own work, the guideline.

import { ask, askAll } from '../lib/api.js';
import { el, redraw } from '../lib/dom.js';
import { fold } from '../lib/names.js';
import { t } from '../lib/messages.js';
import { markdown } from '../lib/markdown.js';
import { DocumentUnits } from './document.js';
import { nameOf } from './panels.js';

const STATES = () => ({ submitted: t('done'), draft: t('begun'), skipped: t('skipped') });
const BESIDE = '(min-width: 64.01rem)'; // as in desk.css: on narrower screens the drawer stands above the sentence

export class Drawer {
  #desk;
  #guideline = null;
  #units = null; // the document that is shown: {id, shown}
  #search = null;
  #list = null;
  #state = ''; // which of one's own answers are shown
  #followed = ''; // what the content was made for

  constructor(desk) {
    this.#desk = desk;
    this.content = el('div.drawer-content');
    this.element = el('aside.drawer', { hidden: true, aria: { label: t('Context') } },
      el('button.small.close', { type: 'button', title: t('Close'), aria: { label: t('Close') }, onclick: () => this.close() }, '×'), this.content);
    this.element.addEventListener('keydown', (event) => {
      if (event.code !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
    this.shown = null;
    desk.parts.besides.append(this.element);
  }

  close() {
    this.element.hidden = true;
    this.shown = null;
    this.#desk.focusBack();
  }

  async toggle(what) {
    if (this.shown === what) return this.close();
    this.shown = what;
    this.element.hidden = false;
    this.content.replaceChildren(el('p', {}, t('Loading …')));
    if (this.element.getBoundingClientRect().top < 0) this.element.scrollIntoView({ block: 'start' });
    this.#followed = this.#about();
    return this.#fill(what);
  }

  async #fill(what) {
    try {
      await this[what]();
    } catch {
      if (this.shown === what) this.content.replaceChildren(el('p', {}, t('This could not be loaded. Is there a network?')));
    }
  }

  /** The screen changed: another sentence, answer or layer. */
  follow() {
    if (!this.shown) return undefined;
    const about = this.#about();
    if (about === this.#followed) return undefined;
    this.#followed = about;
    if (this.shown === 'guideline') return this.#toHeading();
    if (this.shown === 'document' && this.#units?.id === this.#desk.sentence.document.id) return this.#drawUnits();
    if (this.shown === 'mine') return this.#fillMine().catch(() => {}); // what is shown stays, without a network
    return this.#fill(this.shown);
  }

  /** An answer reached the server: the list of one's own work is another. */
  saved() {
    if (this.shown === 'mine') this.#fillMine().catch(() => {});
  }

  /** What the content depends on. */
  #about() {
    const { sentence, layer } = this.#desk;
    if (!sentence) return ''; // nor is there a statement
    const { speaker } = this.#desk.statement;
    return JSON.stringify({ guideline: [layer], speaker: [sentence.id, speaker?.id], mine: [sentence.id], document: [sentence.id, this.#desk.answer] }[this.shown]);
  }

  #goTo(id) {
    if (!matchMedia(BESIDE).matches) this.close(); // it would cover the sentence
    return this.#desk.goTo(id);
  }

  #link(id, text) {
    return el('button.link', { type: 'button', dir: this.#desk.direction, onclick: () => this.#goTo(id) }, text);
  }

  // --- the document --------------------------------------------------------------------------------

  /** Every unit of the document with the labels that it has; a served one can be gone to. */
  async document() {
    const { document: place } = this.#desk.sentence;
    const { file, sentences } = await askAll(`/api/v1/documents/${place.id}`, 'sentences');
    if (this.shown !== 'document' || this.#desk.sentence?.document.id !== place.id) return;
    this.#units = { id: place.id, shown: new DocumentUnits(sentences, this.#desk.direction, (line, unit, current) => this.#fillLine(line, unit, current)) };
    this.content.replaceChildren(el('h2', {}, el('bdi', {}, file)), ...this.#units.shown.elements);
    this.#drawUnits();
  }

  #drawUnits() {
    const current = this.#units.shown.follow(this.#desk.sentence.id);
    if (current) this.element.scrollTop = current.offsetTop - this.element.clientHeight / 3;
  }

  /** A line stays as it is until it has something else to tell. */
  #fillLine(line, unit, current) {
    const { state, labels } = this.#known(unit);
    const key = JSON.stringify([state, labels, current]);
    if (line.told === key) return;
    line.told = key;
    line.dataset.state = state ?? '';
    if (current) line.setAttribute('aria-current', 'true');
    else line.removeAttribute('aria-current');
    const small = state ? [el('small', {}, [STATES()[state], ...labels].join(' · '))] : [];
    redraw(line, [unit.mine || state ? this.#link(unit.id, unit.text) : document.createTextNode(unit.text), ...small]);
  }

  /** The state and the labels of a unit: as this page has them, else as they are stored. */
  #known(unit) {
    const held = this.#desk.sentences.get(unit.id);
    if (!held) return { state: unit.mine, labels: unit.labels ? this.#told(unit.labels) : [] };
    const { speaker, stance, claim_type: claimType } = this.#desk.answerTo(held).statements[0];
    const labels = this.#told({ speaker: speaker?.id, name: speaker?.canonical, target: stance.target, stance: stance.value, claim_type: claimType });
    return { state: held.annotation?.state ?? (labels.length ? 'draft' : unit.mine), labels };
  }

  /** Speaker, stance and claim type by the names that they have on the screen. */
  #told({ speaker, name, target, stance, claim_type: claimType }) {
    const { scheme: { layers }, language } = this.#desk;
    const named = (labels, id) => {
      const label = labels.find((one) => one.id === id);
      return label ? nameOf(label, language) : null;
    };
    const who = named(layers.speaker.reserved, speaker) ?? name;
    const toward = named(layers.stance.targets, target);
    return [who ? `\u2068${who}\u2069` : null, [named(layers.stance.values, stance), toward].filter(Boolean).join(': '), named(layers.claim_type.labels, claimType)].filter(Boolean);
  }

  // --- one's own work ------------------------------------------------------------------------------

  /** One's own answers: recent, flagged, skipped, begun; searchable. */
  async mine() {
    this.#search = el('input', { type: 'search', dir: 'auto', placeholder: t('search in my work'), aria: { label: t('search in my work') }, onchange: () => this.#choose(this.#state) });
    this.#list = el('div');
    this.#state = '';
    const list = this.#list;
    await this.#fillMine();
    if (this.#list !== list) return;
    const tabs = [['', t('recent')], ['flagged', t('flagged')], ['skipped', t('skipped')], ['draft', t('begun')]].map(([key, name]) =>
      el('button.tab', { type: 'button', role: 'tab', data: { tab: key }, aria: { selected: String(key === this.#state) }, onclick: () => this.#choose(key) }, name));
    this.content.replaceChildren(el('h2', {}, t('My work')), el('details.pace', { ontoggle: (event) => event.target.open && this.#pace(event.target) }, el('summary', {}, t('How it goes'))),
      el('div.tabs', { role: 'tablist' }, ...tabs), this.#search, this.#list);
  }

  #choose(state) {
    this.#state = state;
    return this.#fillMine().catch(() => this.#list.replaceChildren(el('p', {}, t('This could not be loaded. Is there a network?'))));
  }

  /** Fetch the list anew. Tabs and search stay, and with them the focus. */
  async #fillMine() {
    const [list, state, typed] = [this.#list, this.#state, this.#search.value];
    const query = new URLSearchParams({ ...(state ? { state } : {}), ...(typed ? { q: typed } : {}) });
    const loaded = await ask('GET', `/api/v1/projects/${this.#desk.project}/mine?${query}`);
    if (this.#list !== list || this.#state !== state || this.#search.value !== typed) return; // another was asked for meanwhile
    const lines = loaded.sentences.map((line) => el('li', { data: { at: line.id, state: line.state } }, this.#link(line.id, line.text),
      el('small', {}, STATES()[line.state], line.flag ? ` · ⚑ ${line.flag}` : '', line.skip_reason ? ` · ${line.skip_reason}` : '')));
    redraw(list, [lines.length ? el('ul.units', {}, ...lines) : el('p', {}, t('Nothing here yet.'))]);
    for (const tab of this.content.querySelectorAll('[role=tab]')) tab.setAttribute('aria-selected', String(tab.dataset.tab === state));
  }

  /** What one gave to the speaker of this statement elsewhere: one's own answers. */
  async speaker() {
    const { speaker } = this.#desk.statement;
    if (!speaker) {
      this.content.replaceChildren(el('p', {}, t('Choose a speaker: then the other sentences of that speaker stand here.')));
      return;
    }
    const { project, sentence } = this.#desk;
    const loaded = await ask('GET', `/api/v1/projects/${project}/speakers/${encodeURIComponent(speaker.id)}/sentences`).catch((problem) => {
      if (problem.status === 404) return { sentences: [] }; // made here, and not sent yet
      throw problem;
    });
    if (this.shown !== 'speaker' || this.#desk.statement.speaker?.id !== speaker.id) return; // another was chosen meanwhile
    const others = loaded.sentences.filter(({ id }) => id !== sentence.id);
    const list = others.map((line) => el('li', { data: { state: line.state } },
      this.#link(line.id, line.text),
      el('small', {}, this.#told({ target: line.stance.target, stance: line.stance.value, claim_type: line.claim_type }).join(' · '))));
    this.content.replaceChildren(el('h2', {}, el('bdi', {}, speaker.canonical)),
      list.length ? el('ul.units', {}, ...list) : el('p', {}, t('You have given no other sentence to this speaker.')),
      loaded.next ? el('p', {}, t('These are the latest {count}.', { count: loaded.sentences.length })) : '');
  }

  /** How the last answers went: sentences an hour, actions and time for each. */
  async #pace(details) {
    const told = await ask('GET', `/api/v1/projects/${this.#desk.project}/mine/statistics`).catch(() => null);
    const { layers } = this.#desk.scheme;
    const names = { reading: t('reading'), note: t('comments'), ...Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, layer[this.#desk.language] ?? layer.en])) };
    const seconds = (milliseconds) => t('{count} s', { count: (milliseconds / 1000).toFixed(1) });
    const range = ({ median, tenth, ninetieth }, show) => [show(median), el('small', {}, ` ${show(tenth)} – ${show(ninetieth)}`)];
    const line = (name, ...cells) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, ...cells));
    const table = told?.answers ? el('table', {}, el('tbody', {},
      told.per_hour ? line(t('sentences an hour'), String(told.per_hour)) : null,
      told.events.median === null ? null : line(t('actions for a sentence'), ...range(told.events, String)),
      told.active_ms.median === null ? null : line(t('time for a sentence'), ...range(told.active_ms, seconds)),
      ...Object.entries(told.layer_ms).map(([name, spread]) => line(names[name] ?? name, ...range(spread, seconds))))) : el('p', {}, t('Nothing here yet.'));
    details.replaceChildren(details.firstElementChild, table, told?.answers ? el('p.hint-line', {}, t('Your last {count} finished answers: the middle one, and what nine of ten stay above and below.', { count: told.answers })) : '');
  }

  /** The guideline, opened at the heading of the active layer. */
  async guideline() {
    const fetched = ask('GET', `/api/v1/projects/${this.#desk.project}/guideline`); // anew: leads change it
    this.#guideline = await fetched.catch((problem) => this.#guideline ?? Promise.reject(problem));
    if (this.shown !== 'guideline') return;
    const text = this.#guideline[this.#desk.language] ?? this.#guideline.ar ?? this.#guideline.en;
    if (!text) {
      this.content.replaceChildren(el('p', {}, t('This project has no guideline yet.')));
      return;
    }
    this.content.replaceChildren(el('div.guideline', { dir: 'auto' }, ...markdown(text)));
    this.#toHeading();
  }

  #toHeading() {
    const names = Object.fromEntries(Object.entries(this.#desk.scheme.layers).map(([key, layer]) => [key, [layer.ar, layer.en]]));
    const heading = [...this.content.querySelectorAll('h3')].find((h) => names[this.#desk.layer]?.some((name) => fold(h.textContent).includes(fold(name))));
    if (heading) this.element.scrollTop = heading.offsetTop - 16;
  }
}
