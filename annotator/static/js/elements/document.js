// The document beside the sentence: its units with the labels that they have, those near the sentence first.

import { el } from '../lib/dom.js';
import { fold } from '../lib/names.js';
import { t } from '../lib/messages.js';

const NEAR = 200; // units drawn on either side of the sentence, and more each time: a file can be one document of thousands
const EDGE = 20; // with fewer left on a side, what is drawn follows the sentence
const FOUND = 200; // drawn of a search

export class DocumentUnits {
  #units;
  #placeOf; // id → place
  #made;
  #lines = new Map(); // place → its line
  #from = 0;
  #to = 0;
  #current = -1;
  #folded = null;

  /** `made(line, unit, current)` fills the line of a unit, where it has something else to tell. */
  constructor(units, direction, made) {
    this.#units = units;
    this.#placeOf = new Map(units.map(({ id }, n) => [id, n]));
    this.#made = made;
    this.#to = Math.min(NEAR, units.length);
    this.search = el('input', { type: 'search', dir: 'auto', placeholder: t('search in the document'), aria: { label: t('search in the document') }, oninput: () => this.#draw() });
    this.list = el('ol.units', { dir: direction });
    this.earlier = this.#more(t('Earlier sentences'), () => this.#showEarlier());
    this.later = this.#more(t('Later sentences'), () => this.#grow(this.#from, this.#to + NEAR));
    this.note = el('p.hint-line', { role: 'status', hidden: true });
  }

  get elements() {
    return [this.search, this.note, this.earlier, this.list, this.later];
  }

  #more(name, act) {
    return el('button.small.more', { type: 'button', hidden: true, onclick: act }, name);
  }

  /** Draw what is near the sentence of this id; gives its line if another was the current one before, else null. */
  follow(id) {
    const at = this.#placeOf.get(id) ?? -1;
    const moved = at !== this.#current;
    this.#current = at;
    const near = at - this.#from >= Math.min(EDGE, at) && this.#to - at > Math.min(EDGE, this.#units.length - 1 - at);
    if (moved && !near) [this.#from, this.#to] = [Math.max(0, at - NEAR), Math.min(this.#units.length, at + NEAR + 1)];
    this.#draw();
    return moved ? this.#lines.get(at) ?? null : null;
  }

  #showEarlier() {
    const first = this.#lines.get(this.#from);
    this.#grow(this.#from - NEAR, this.#to);
    first.scrollIntoView({ block: 'start' }); // what was read stays where it was
  }

  #grow(from, to) {
    [this.#from, this.#to] = [Math.max(0, from), Math.min(this.#units.length, to)];
    this.#draw();
  }

  #draw() {
    const wanted = fold(this.search.value);
    const found = wanted ? this.#matching(wanted) : null;
    const shown = found?.slice(0, FOUND) ?? Array.from({ length: this.#to - this.#from }, (_, n) => this.#from + n);
    this.earlier.hidden = Boolean(found) || this.#from === 0;
    this.later.hidden = Boolean(found) || this.#to === this.#units.length;
    this.note.hidden = !found || (found.length > 0 && found.length <= FOUND);
    this.note.replaceChildren(found?.length ? t('These are the first {count}.', { count: FOUND }) : t('No sentence has these words.'));
    const lines = shown.map((n) => this.#line(n));
    if (lines.length !== this.list.childElementCount || lines.some((line, n) => line !== this.list.children[n])) this.list.replaceChildren(...lines);
  }

  #matching(wanted) {
    this.#folded ??= this.#units.map(({ text }) => fold(text));
    return this.#folded.flatMap((text, n) => (text.includes(wanted) ? [n] : []));
  }

  #line(n) {
    const unit = this.#units[n];
    if (!this.#lines.has(n)) this.#lines.set(n, el('li', { data: { kind: unit.kind } }));
    const line = this.#lines.get(n);
    this.#made(line, unit, n === this.#current);
    return line;
  }
}
