// The sentence: one text node, selected by mouse, touch, word cursor or word hints.
// All offsets here are UTF-16 units of the text; the desk turns them into code points.

import { el } from '../lib/dom.js';
import { moveEnd, snapToGraphemes, snapToWords, words } from '../lib/words.js';
import { boxesOf, offsetAt, offsetOf, paint } from '../paint.js';

const HINTS = 'FJDKSLAGHRUEIWOTYCVMNBXZQP';

export class SentenceText {
  #down = null;

  constructor({ onselect, onpick }) {
    this.onselect = onselect;
    this.onpick = onpick;
    this.text = '';
    this.entities = [];
    this.surface = null;
    this.selection = null; // [start, end]
    this.picked = null; // [start, end] of a marked entity that is chosen
    this.cursor = null; // {anchor, head}: indices of words
    this.hints = null;
    this.line = el('p.sentence-text', { lang: 'ar', translate: 'no' });
    this.overlay = el('div.hints', { aria: { hidden: 'true' } });
    this.element = el('div.sentence-box', {}, this.line, this.overlay);
    this.line.addEventListener('pointerdown', (event) => {
      this.#down = [event.clientX, event.clientY];
    });
    document.addEventListener('pointerup', (event) => this.#release(event));
    addEventListener('resize', () => this.hints && this.#drawHints());
  }

  show(text, direction, language) {
    this.text = text;
    this.line.dir = direction;
    this.line.lang = language;
    this.selection = this.picked = this.cursor = null;
    this.closeHints();
    this.repaint();
  }

  /** entities: [{start, end, label}], surface: [start, end] or null. */
  draw(entities, surface) {
    this.entities = entities;
    this.surface = surface;
    this.repaint();
  }

  repaint() {
    paint(this.line, this.text, this.entities, {
      surface: this.surface,
      selection: this.selection,
      picked: this.picked,
    });
  }

  select(range) {
    this.selection = range;
    this.picked = null;
    this.repaint();
    this.onselect(range);
  }

  pick(range) {
    this.picked = range;
    this.selection = null;
    this.cursor = null;
    this.repaint();
    this.onpick(range);
  }

  clear() {
    this.cursor = null;
    this.closeHints();
    getSelection()?.removeAllRanges();
    if (this.selection || this.picked) {
      this.selection = this.picked = null;
      this.repaint();
      this.onselect(null);
    }
  }

  #release(event) {
    if (!this.#down) return;
    const [x, y] = this.#down;
    this.#down = null;
    const chosen = getSelection();
    if (chosen && !chosen.isCollapsed && this.line.contains(chosen.anchorNode) && this.line.contains(chosen.focusNode)) {
      const ends = [offsetOf(this.line, chosen.anchorNode, chosen.anchorOffset), offsetOf(this.line, chosen.focusNode, chosen.focusOffset)];
      const [start, end] = ends.sort((a, b) => a - b);
      const range = event.altKey ? snapToGraphemes(this.text, start, end) : snapToWords(this.text, start, end);
      chosen.removeAllRanges();
      this.cursor = null;
      if (range) this.select(range);
      return;
    }
    if (Math.hypot(event.clientX - x, event.clientY - y) > 6) return;
    const at = offsetAt(this.line, event.clientX, event.clientY);
    if (at === null) return;
    const over = this.entities.filter(({ start, end }) => start <= at && at < end).sort((a, b) => a.end - a.start - (b.end - b.start));
    const again = over.findIndex(({ start, end }) => this.picked && start === this.picked[0] && end === this.picked[1]);
    if (over.length && again < over.length - 1) this.pick([over[again + 1].start, over[again + 1].end]);
    else if (event.pointerType === 'touch' || event.detail === 2 || over.length) this.#selectWordAt(at);
    else this.#selectWordAt(at);
  }

  /** A click takes the word under it; a further click beside it takes both in. */
  #selectWordAt(at) {
    const word = words(this.text).find(([start, end]) => start <= at && at <= end);
    if (!word) return this.clear();
    const [from, to] = this.selection ?? word;
    const beside = this.selection && words(this.text).filter(([start, end]) => (end <= from && end >= from - 3) || (start >= to && start <= to + 3));
    const joins = beside?.some(([start]) => start === word[0]);
    this.select(joins ? [Math.min(from, word[0]), Math.max(to, word[1])] : word);
    return undefined;
  }

  // --- word cursor -----------------------------------------------------------------------------

  toggleCursor() {
    if (this.cursor) return this.clear();
    const all = words(this.text);
    if (!all.length) return undefined;
    const from = this.picked ?? this.selection;
    const at = from ? Math.max(0, all.findIndex(([, end]) => end > from[0])) : 0;
    this.cursor = { anchor: at, head: at };
    return this.#followCursor();
  }

  /** Move by words in reading direction: +1 is forward. */
  moveCursor(by, extend) {
    const all = words(this.text);
    const head = Math.max(0, Math.min(all.length - 1, this.cursor.head + by));
    this.cursor = { anchor: extend ? this.cursor.anchor : head, head };
    this.#followCursor();
  }

  #followCursor() {
    const all = words(this.text);
    const [first, last] = [this.cursor.anchor, this.cursor.head].sort((a, b) => a - b);
    this.select([all[first][0], all[last][1]]);
  }

  /** Grow (by 1) or shrink (by -1) what is selected by a word, a clitic or a character. */
  resize(by, step) {
    const range = this.selection ?? this.picked;
    return range ? moveEnd(this.text, range, by, step) : null;
  }

  // --- word hints ------------------------------------------------------------------------------

  openHints() {
    const all = words(this.text);
    if (!all.length) return;
    const many = all.length > HINTS.length;
    this.hints = { words: all, typed: '', first: null, codes: all.map((_, n) => (many ? HINTS[Math.floor(n / HINTS.length)] + HINTS[n % HINTS.length] : HINTS[n])) };
    this.#drawHints();
  }

  closeHints() {
    this.hints = null;
    this.overlay.replaceChildren();
  }

  /** A letter for the hints: two hints make a span, the same one twice a word. True when it was taken. */
  typeHint(code, nameOf) {
    if (!this.hints || !code.startsWith('Key')) return false;
    this.hints.typed += code.slice(3);
    const at = this.hints.codes.indexOf(this.hints.typed);
    if (at >= 0) {
      if (this.hints.first === null) {
        this.hints.first = at;
        this.hints.typed = '';
        const word = this.hints.words[at];
        this.selection = word;
        this.repaint();
        this.onselect(word);
      } else {
        const [first, last] = [this.hints.first, at].sort((a, b) => a - b);
        const range = [this.hints.words[first][0], this.hints.words[last][1]];
        this.closeHints();
        this.select(range);
        return true;
      }
    } else if (!this.hints.codes.some((hint) => hint.startsWith(this.hints.typed))) {
      this.hints.typed = '';
    }
    this.nameOf = nameOf ?? this.nameOf;
    this.#drawHints();
    return true;
  }

  #drawHints() {
    const frame = this.element.getBoundingClientRect();
    const named = (hint) => [...hint].map((letter) => this.nameOf?.(`Key${letter}`) ?? letter).join('');
    const tags = this.hints.words.map(([start, end], n) => {
      if (!this.hints.codes[n].startsWith(this.hints.typed)) return null;
      const box = boxesOf(this.line, start, end)[0];
      if (!box) return null;
      const tag = el('span.hint', { data: n === this.hints.first ? { first: '' } : {} }, named(this.hints.codes[n].slice(this.hints.typed.length)));
      tag.style.setProperty('translate', `${box.left + box.width / 2 - frame.left}px ${box.top - frame.top}px`);
      return tag;
    });
    this.overlay.replaceChildren(...tags.filter(Boolean));
  }
}
