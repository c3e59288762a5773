// Beside the sentence: the whole document, one's own work, the guideline.

import { ask, askAll } from '../lib/api.js';
import { el } from '../lib/dom.js';
import { fold } from '../lib/names.js';
import { t } from '../lib/messages.js';

const STATES = () => ({ submitted: t('done'), draft: t('begun'), skipped: t('skipped') });

export class Drawer {
  #desk;
  #guideline = null;

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
    try {
      await this[what]();
    } catch {
      this.content.replaceChildren(el('p', {}, t('This could not be loaded. Is there a network?')));
    }
    return undefined;
  }

  /** Every unit of the document; a served one can be gone to. */
  async document() {
    const { document: place, id } = this.#desk.sentence;
    const loaded = await askAll(`/api/v1/documents/${place.id}`, 'sentences');
    const list = el('ol.units', { dir: this.#desk.direction }, ...loaded.sentences.map((unit) => el('li', {
      data: { state: unit.mine ?? '', kind: unit.kind }, aria: unit.id === id ? { current: 'true' } : {},
    }, unit.mine ? el('button.link', { type: 'button', onclick: () => this.#desk.goTo(unit.id) }, unit.text) : unit.text,
    unit.mine ? el('small', {}, STATES()[unit.mine]) : null)));
    const search = el('input', { type: 'search', dir: 'auto', placeholder: t('search in the document'), aria: { label: t('search in the document') }, oninput: () => {
      const wanted = fold(search.value);
      for (const [n, line] of [...list.children].entries()) line.hidden = wanted !== '' && !fold(loaded.sentences[n].text).includes(wanted);
    } });
    this.content.replaceChildren(el('h2', {}, el('bdi', {}, loaded.file)), search, list);
    const current = list.querySelector('[aria-current]');
    if (current) this.element.scrollTop = current.offsetTop - this.element.clientHeight / 3;
  }

  /** One's own answers: recent, flagged, skipped, begun; searchable. */
  async mine(state = '', typed = '') {
    const query = new URLSearchParams({ ...(state ? { state } : {}), ...(typed ? { q: typed } : {}) });
    const loaded = await ask('GET', `/api/v1/projects/${this.#desk.project}/mine?${query}`);
    const tabs = [['', t('recent')], ['flagged', t('flagged')], ['skipped', t('skipped')], ['draft', t('begun')]].map(([key, name]) =>
      el('button.tab', { type: 'button', role: 'tab', aria: { selected: String(key === state) }, onclick: () => this.mine(key, typed) }, name));
    const search = el('input', { type: 'search', dir: 'auto', value: typed, placeholder: t('search in my work'), aria: { label: t('search in my work') }, onchange: () => this.mine(state, search.value) });
    const list = loaded.sentences.map((line) => el('li', { data: { state: line.state } },
      el('button.link', { type: 'button', dir: this.#desk.direction, onclick: () => this.#desk.goTo(line.id) }, line.text),
      el('small', {}, STATES()[line.state], line.flag ? ` · ⚑ ${line.flag}` : '', line.skip_reason ? ` · ${line.skip_reason}` : '')));
    this.content.replaceChildren(el('h2', {}, t('My work')), el('details.pace', { ontoggle: (event) => event.target.open && this.#pace(event.target) }, el('summary', {}, t('How it goes'))), el('div.tabs', { role: 'tablist' }, ...tabs), search,
      list.length ? el('ul.units', {}, ...list) : el('p', {}, t('Nothing here yet.')));
  }

  /** What one gave to the speaker of this statement elsewhere: one's own answers. */
  async speaker() {
    const { speaker } = this.#desk.statement;
    if (!speaker) {
      this.content.replaceChildren(el('p', {}, t('Choose a speaker: then the other sentences of that speaker stand here.')));
      return;
    }
    const { scheme: { layers }, language, project, sentence } = this.#desk;
    const loaded = await ask('GET', `/api/v1/projects/${project}/speakers/${encodeURIComponent(speaker.id)}/sentences`).catch((problem) => {
      if (problem.status === 404) return { sentences: [] }; // made here, and not sent yet
      throw problem;
    });
    const named = (labels, id) => labels.find((label) => label.id === id)?.[language] ?? null;
    const told = (line) => [named(layers.claim_type.labels, line.claim_type), named(layers.stance.values, line.stance.value), named(layers.stance.targets, line.stance.target)];
    const others = loaded.sentences.filter(({ id }) => id !== sentence.id);
    const list = others.map((line) => el('li', { data: { state: line.state } },
      el('button.link', { type: 'button', dir: this.#desk.direction, onclick: () => this.#desk.goTo(line.id) }, line.text),
      el('small', {}, told(line).filter(Boolean).join(' · '))));
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
    this.#guideline ??= await ask('GET', `/api/v1/projects/${this.#desk.project}/guideline`);
    const text = this.#guideline[this.#desk.language] ?? this.#guideline.ar ?? this.#guideline.en;
    if (!text) {
      this.content.replaceChildren(el('p', {}, t('This project has no guideline yet.')));
      return;
    }
    this.content.replaceChildren(el('div.guideline', { dir: 'auto' }, ...markdown(text)));
    const names = Object.fromEntries(Object.entries(this.#desk.scheme.layers).map(([key, layer]) => [key, [layer.ar, layer.en]]));
    const heading = [...this.content.querySelectorAll('h3')].find((h) => names[this.#desk.layer]?.some((name) => fold(h.textContent).includes(fold(name))));
    if (heading) this.element.scrollTop = heading.offsetTop - 16;
  }
}

/** The little Markdown that guidelines use, as elements: headings, lists, tables, bold, code. No HTML. */
export function markdown(text) {
  const blocks = [];
  let list = null;
  let table = null;
  for (const line of text.split('\n')) {
    const bullet = /^\s*(?:[-*]|\d+\.)\s+(.*)/.exec(line);
    const heading = /^(#{1,4})\s+(.*)/.exec(line);
    if (!bullet) list = null;
    if (!line.startsWith('|')) table = null;
    if (heading) blocks.push(el(heading[1].length > 1 ? 'h3' : 'h2', {}, ...inline(heading[2])));
    else if (bullet) {
      if (!list) blocks.push((list = el('ul')));
      list.append(el('li', {}, ...inline(bullet[1])));
    } else if (line.startsWith('|')) {
      if (!table) blocks.push(el('table', {}, (table = el('tbody'))));
      const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
      if (!cells.every((cell) => /^[-:\s]*$/.test(cell))) table.append(el('tr', {}, ...cells.map((cell) => el('td', {}, ...inline(cell)))));
    } else if (line.trim()) blocks.push(el('p', { dir: 'auto' }, ...inline(line.replace(/^>\s*/, ''))));
  }
  return blocks;
}

function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return el('strong', {}, part.slice(2, -2));
    return part.startsWith('`') ? el('code', {}, part.slice(1, -1)) : part;
  });
}
