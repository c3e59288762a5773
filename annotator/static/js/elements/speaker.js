// Choosing a speaker: type-ahead over names and aliases, and new entries.

import { el } from '../lib/dom.js';
import { firstThese, fold, nearest, search } from '../lib/names.js';
import { t } from '../lib/messages.js';

const PAGE = 40; // options made at a time: a project may have thousands of speakers
const RECENT = 50; // speakers remembered as used

export class SpeakerPicker {
  #desk;
  #found = []; // what may be taken: known speakers, and last a new one
  #at = 0;
  #made = 0; // how many known speakers are in the list
  #recent;

  constructor(desk) {
    this.#desk = desk;
    this.input = el('input', {
      type: 'text', autocomplete: 'off', spellcheck: false, dir: 'auto', role: 'combobox', placeholder: t('search speakers'),
      aria: { label: t('search speakers'), expanded: 'false', controls: 'speaker-list', autocomplete: 'list' },
      oninput: () => this.#search(), onfocus: () => this.#search(), onkeydown: (event) => this.#key(event),
    });
    this.list = el('ul.found', { id: 'speaker-list', role: 'listbox', hidden: true, aria: { label: t('speakers') } });
    this.list.addEventListener('scroll', () => this.#more(), { passive: true });
    this.#recent = recalled(this.#place);
    this.cap = el('kbd', { aria: { hidden: 'true' } });
    this.element = el('div.picker', { data: { at: 'picker', kept: '' } }, el('div.field', {}, this.input, this.cap), this.list);
    this.element.addEventListener('focusout', (event) => {
      if (!this.element.contains(event.relatedTarget)) this.close();
    });
  }

  /** What stands for the picker in a panel that is made anew: itself once, then a mark of its place. */
  placed() {
    return this.element.isConnected ? el('div', { data: { at: 'picker' } }) : this.element;
  }

  open(typed) {
    this.input.value = typed;
    this.input.focus();
    this.input.select();
    this.#search();
  }

  close() {
    this.list.hidden = true;
    this.input.value = '';
    this.input.setAttribute('aria-expanded', 'false');
  }

  /** A speaker was chosen, by whatever means: the list begins with whom one used last. */
  used(id) {
    this.#recent = [id, ...this.#recent.filter((other) => other !== id)].slice(0, RECENT);
    remember(this.#place, this.#recent);
  }

  get #place() {
    return `isnad-speakers-${this.#desk.person}-${this.#desk.project}`;
  }

  #search() {
    const typed = this.input.value.trim();
    const previous = this.#desk.previousSpeaker?.id;
    const entries = firstThese([...this.#recent, ...(previous ? [previous] : [])], this.#desk.offeredEntries);
    this.#found = search(entries, typed).map((entry) => ({ entry }));
    if (typed && !this.#found.some(({ entry }) => entry.folded.includes(fold(typed)))) this.#found.push({ typed });
    this.#at = this.#made = 0;
    this.list.replaceChildren(...this.#found.slice(-1).filter(({ entry }) => !entry).map((fresh) => this.#line(fresh, this.#found.length - 1)));
    this.list.hidden = this.#found.length === 0;
    this.list.scrollTop = 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.#make(PAGE);
    this.#point();
  }

  /** Put the options up to this place into the list, before the new speaker. */
  #make(upTo) {
    const known = this.#found.filter(({ entry }) => entry).length;
    const from = this.#made;
    this.#made = Math.max(from, Math.min(known, upTo));
    const lines = this.#found.slice(from, this.#made).map((option, n) => this.#line(option, from + n));
    if (known < this.#found.length) this.list.lastElementChild.before(...lines);
    else this.list.append(...lines);
  }

  #more() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    if (scrollTop + 2 * clientHeight > scrollHeight) this.#make(this.#made + PAGE);
  }

  /** Show which option Enter takes. */
  #point() {
    for (const line of this.list.querySelectorAll('[aria-selected=true]')) line.setAttribute('aria-selected', 'false');
    const line = this.list.querySelector(`#speaker-option-${this.#at}`);
    line?.setAttribute('aria-selected', 'true');
    line?.scrollIntoView({ block: 'nearest' });
    if (line) this.input.setAttribute('aria-activedescendant', line.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  #line(option, n) {
    const content = option.entry ? this.#entryLine(option.entry) : [el('span', {}, t('New speaker:'), ' ', el('bdi', {}, option.typed)), el('kbd', { aria: { hidden: 'true' } }, 'Ctrl ⏎')];
    return el(option.entry ? 'li' : 'li.fresh', {
      id: `speaker-option-${n}`, role: 'option', aria: { selected: 'false' },
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.#take(option),
    }, ...content);
  }

  #entryLine(entry) {
    const others = entry.aliases.filter((alias) => alias !== entry.canonical).slice(0, 3);
    return [el('bdi', {}, entry.canonical), others.length ? el('small', {}, ...others.flatMap((alias, n) => [n ? ' · ' : '', el('bdi', {}, alias)])) : null];
  }

  #key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.isComposing) return;
    if (event.code in moves && this.#found.length) {
      this.#at = (this.#at + moves[event.code] + this.#found.length) % this.#found.length;
      if (this.#found[this.#at].entry) this.#make(this.#at + PAGE / 2);
      this.#point();
    } else if (event.key === 'Enter') {
      const fresh = this.input.value.trim() ? { typed: this.input.value.trim() } : null;
      const option = event.ctrlKey ? fresh : this.#found[this.#at];
      if (option) this.#take(option);
    } else if (event.code === 'Escape') {
      this.#desk.focusBack();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #take(option) {
    this.#desk.focusBack();
    if (option.entry) this.#desk.setSpeaker(option.entry);
    else this.#desk.dialog('newSpeaker', option.typed, nearest(this.#desk.offeredEntries, option.typed));
  }
}

/** The speakers used last in this tab: their ids outlive a reload, and nothing else is kept. */
function recalled(place) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

function remember(place, ids) {
  try {
    sessionStorage.setItem(place, JSON.stringify(ids));
  } catch {
    // storage is full or forbidden: the order holds until the page is left
  }
}
