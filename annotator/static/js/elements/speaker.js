// Choosing a speaker: type-ahead over names and aliases, and new entries.

import { el } from '../lib/dom.js';
import { fold, nearest, search } from '../lib/names.js';
import { t } from '../lib/messages.js';

export class SpeakerPicker {
  #desk;
  #found = [];
  #at = 0;

  constructor(desk) {
    this.#desk = desk;
    this.input = el('input', {
      type: 'text', autocomplete: 'off', spellcheck: false, dir: 'auto', role: 'combobox', placeholder: t('search speakers'),
      aria: { label: t('search speakers'), expanded: 'false', controls: 'speaker-list', autocomplete: 'list' },
      oninput: () => this.#search(), onfocus: () => this.#search(), onkeydown: (event) => this.#key(event),
    });
    this.list = el('ul.found', { id: 'speaker-list', role: 'listbox', hidden: true, aria: { label: t('speakers') } });
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

  #search() {
    const typed = this.input.value.trim();
    const entries = this.#desk.offeredEntries;
    this.#found = search(entries, typed).map((entry) => ({ entry }));
    if (typed && !this.#found.some(({ entry }) => entry.folded.includes(fold(typed)))) this.#found.push({ typed });
    this.#at = 0;
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.#found.map((option, n) => el('li', {
      id: `speaker-option-${n}`, role: 'option', aria: { selected: String(n === this.#at) },
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.#take(option),
    }, ...(option.entry ? this.#entryLine(option.entry) : [el('span', {}, t('New speaker:'), ' ', el('bdi', {}, option.typed)), el('kbd', { aria: { hidden: 'true' } }, 'Ctrl ⏎')]))));
    this.list.hidden = this.#found.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    if (this.#found.length) this.input.setAttribute('aria-activedescendant', `speaker-option-${this.#at}`);
    else this.input.removeAttribute('aria-activedescendant');
    this.list.children[this.#at]?.scrollIntoView({ block: 'nearest' });
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
      this.#draw();
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
