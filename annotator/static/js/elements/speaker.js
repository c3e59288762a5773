// Choosing a speaker: type-ahead over names and aliases, candidates from the sentence, and new entries.

import { el } from '../lib/dom.js';
import { fold, nearest, search } from '../lib/fold.js';
import { t } from '../lib/messages.js';

export class SpeakerPicker {
  #desk;
  #found = [];
  #at = 0;

  constructor(desk) {
    this.#desk = desk;
    this.input = el('input', {
      type: 'text', autocomplete: 'off', spellcheck: false, dir: 'auto', role: 'combobox',
      placeholder: t('search speakers'), aria: { label: t('search speakers'), expanded: 'false', controls: 'speaker-list', autocomplete: 'list' },
      oninput: () => this.#search(), onfocus: () => this.#search(), onkeydown: (event) => this.#key(event),
    });
    this.list = el('ul.found', { id: 'speaker-list', role: 'listbox', hidden: true, aria: { label: t('speakers') } });
    this.key = el('kbd', { aria: { hidden: 'true' } });
    this.candidates = el('div.choices.candidates', { role: 'group', aria: { label: t('named in the sentence') } });
    this.element = el('div.picker', {}, this.candidates, el('div.field', {}, this.key, this.input), this.list);
    this.element.addEventListener('focusout', (event) => {
      if (!this.element.contains(event.relatedTarget)) this.close();
    });
  }

  /** Refresh what the sentence itself offers: entries whose names stand in it. */
  offer(entries) {
    this.key.textContent = this.#desk.keyNames.name('KeyB');
    this.input.value = '';
    this.close();
    this.candidates.replaceChildren(...entries.map((entry) => el('button.choice.offered', {
      type: 'button', onclick: () => this.#desk.takeCandidate(entry),
    }, el('bdi', {}, entry.canonical))));
  }

  open() {
    this.input.focus();
    this.#search();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
  }

  #search() {
    const typed = this.input.value.trim();
    this.#found = search(this.#desk.entries, typed).map((entry) => ({ entry }));
    const exact = this.#found.some(({ entry }) => entry.folded.includes(fold(typed)));
    if (typed && !exact) this.#found.push({ typed });
    this.#at = 0;
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.#found.map((option, n) => el('li', {
      role: 'option', aria: { selected: String(n === this.#at) }, onpointerdown: (event) => event.preventDefault(), onclick: () => this.#take(option),
    }, ...(option.entry ? this.#entryLine(option.entry) : [t('New speaker: “{name}”', { name: option.typed })]))));
    this.list.hidden = this.#found.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
  }

  #entryLine(entry) {
    return [el('bdi', {}, entry.canonical), entry.aliases.length ? el('small', {}, el('bdi', {}, entry.aliases.slice(0, 3).join('، '))) : null];
  }

  #key(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.code in moves && this.#found.length) {
      this.#at = (this.#at + moves[event.code] + this.#found.length) % this.#found.length;
      this.#draw();
    } else if (event.code === 'Enter' && this.#found.length) {
      const fresh = this.#found.find((option) => option.typed);
      this.#take(event.ctrlKey && fresh ? fresh : this.#found[this.#at]);
    } else if (event.code === 'Escape') {
      this.close();
      this.#desk.focusBack();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #take(option) {
    if (option.entry) {
      this.#desk.setSpeaker(option.entry);
      this.#desk.focusBack();
      return;
    }
    const like = nearest(this.#desk.entries, option.typed);
    this.#desk.dialogs.newSpeaker(option.typed, like);
  }
}
