// The sentence: one text node, selected by mouse, touch, word cursor or word hints.
// All stretches here are UTF-16 units of the text; the desk turns them into code points.

import { el } from '../lib/dom.js';
import { moveEdge, snapToGraphemes, snapToWords, words } from '../lib/offsets.js';
import { boxesOf, offsetAt, offsetOf, paint } from '../paint.js';
import { WordHints } from './hints.js';

const LETTERS = 'FJDKSLAHGRUEIWOTYCVNMBXZQP';
const TOUCH_REST_MS = 350; // selection handles are dragged: wait until they rest
const BAR = 80; // pixels at the foot of the window that the bar of buttons covers
const LONG = 240; // characters: in a low window the board would no longer fit beneath more

export class SentenceText {
  #down = null;
  #pointer = 'mouse';
  #resting = null;
  #words = null;
  #scrolled = false;
  #place = 0; // the word where the word cursor was last

  /** `onchange()` is told of every change of selection, pick or cursor; `reserved` keys are never hint letters. */
  constructor({ onchange, reserved }) {
    this.onchange = onchange;
    this.letters = [...LETTERS].filter((letter) => !reserved.has(`Key${letter}`));
    if (this.letters.length < 6) this.letters = [...LETTERS];
    this.text = '';
    this.marks = [[], null];
    this.selection = null; // a stretch
    this.picked = null; // the stretch of a marked entity that is chosen
    this.cursor = null; // {anchor, head}: places of words
    this.hints = null;
    this.line = el('p.sentence-text', { translate: 'no', tabIndex: -1 });
    this.overlay = el('div.hints', { aria: { hidden: 'true' } });
    this.element = el('div.sentence-box', {}, el('div.sentence-hold', {}, this.line, this.overlay));
    this.line.addEventListener('pointerdown', (event) => {
      this.#down = [event.clientX, event.clientY];
      this.#pointer = event.pointerType;
    });
    this.line.addEventListener('scroll', () => {
      this.#scrolled = true;
      this.hints?.draw();
    }, { passive: true });
    document.addEventListener('pointerup', (event) => this.#release(event));
    document.addEventListener('selectionchange', () => this.#touchSelection());
    addEventListener('resize', () => this.hints?.draw());
    this.element.addEventListener('held', () => this.hints?.draw());
  }

  /** The words of the sentence; asked for when a key or a click first needs them. */
  get words() {
    return (this.#words ??= words(this.text));
  }

  show(text, direction, language) {
    this.text = text;
    this.#words = null;
    this.element.dir = direction;
    this.line.lang = language;
    this.line.toggleAttribute('data-long', text.length > LONG);
    this.selection = this.picked = this.cursor = null;
    this.#place = 0;
    this.closeHints();
    if (this.#scrolled) this.line.scrollTop = 0; // asking where it stands would lay the page out twice
    this.#scrolled = false;
    this.draw([], null);
  }

  /** entities: [{start, end, label}] in UTF-16 units, surface: the stretch that names the speaker, or null. */
  draw(entities, surface) {
    this.marks = [entities, surface];
    const drawn = JSON.stringify([this.text, entities, surface, this.selection, this.picked]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    paint(this.line, this.text, entities, { surface, selection: this.selection, picked: this.picked });
  }

  /** What is chosen, by whatever means. */
  get chosen() {
    return this.selection ?? this.picked;
  }

  select(stretch) {
    this.selection = stretch;
    this.picked = null;
    this.#changed();
  }

  pick(stretch) {
    this.picked = stretch;
    this.selection = this.cursor = null;
    this.#changed();
  }

  /** True when there was something to clear. */
  clear() {
    const something = this.drop();
    if (something) this.#changed();
    return something;
  }

  /** The same where the answer changes too and everything is drawn once after it. */
  drop() {
    const something = Boolean(this.chosen || this.cursor || this.hints);
    this.selection = this.picked = this.cursor = null;
    this.closeHints();
    const native = getSelection();
    if (native && this.line.contains(native.anchorNode)) native.removeAllRanges();
    return something;
  }

  #changed() {
    this.draw(...this.marks);
    this.onchange();
  }

  // --- mouse and touch ---------------------------------------------------------------------------

  #release(event) {
    if (!this.#down) return;
    const [x, y] = this.#down;
    this.#down = null;
    const stretch = this.#nativeStretch(event.altKey);
    if (stretch !== undefined) {
      if (this.#pointer === 'touch') return;
      getSelection().removeAllRanges();
      this.cursor = null;
      if (stretch) this.select(stretch);
      return;
    }
    if (Math.hypot(event.clientX - x, event.clientY - y) > 6) return;
    const at = offsetAt(this.line, event.clientX, event.clientY);
    if (at !== null) this.#click(at, event.shiftKey);
  }

  /** The browser's own selection in the sentence, snapped; undefined when there is none. */
  #nativeStretch(letters) {
    const native = getSelection();
    if (!native || native.isCollapsed || !this.line.contains(native.anchorNode) || !this.line.contains(native.focusNode)) return undefined;
    const ends = [offsetOf(this.line, native.anchorNode, native.anchorOffset), offsetOf(this.line, native.focusNode, native.focusOffset)];
    const stretch = ends.sort((a, b) => a - b);
    return letters ? snapToGraphemes(this.text, stretch) : snapToWords(this.text, stretch);
  }

  #touchSelection() {
    if (this.#pointer !== 'touch') return;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      const stretch = this.#nativeStretch(false);
      if (stretch) this.select(stretch);
    }, TOUCH_REST_MS);
  }

  /** A click on a mark picks it, the innermost first, then what is around it, then the word in it; elsewhere it takes the word. */
  #click(at, extend) {
    const over = this.marks[0].filter(({ start, end }) => start <= at && at < end).sort((a, b) => a.end - a.start - (b.end - b.start));
    const again = over.findIndex(({ start, end }) => this.picked && start === this.picked[0] && end === this.picked[1]);
    const word = this.words.find(([start, end]) => start <= at && at <= end);
    const joins = this.selection && (extend || this.#pointer === 'touch');
    const whole = again >= 0 && word?.join() === this.picked.join(); // the mark is the word
    this.cursor = null;
    if (this.selection && !extend && this.selection[0] <= at && at <= this.selection[1]) this.clear();
    else if (joins && word) this.select([Math.min(this.selection[0], word[0]), Math.max(this.selection[1], word[1])]);
    else if (again + 1 < over.length) this.pick([over[again + 1].start, over[again + 1].end]);
    else if (word && !whole) this.select(word);
    else this.clear();
  }

  // --- word cursor -------------------------------------------------------------------------------

  toggleCursor() {
    this.closeHints();
    if (this.cursor) return this.clear();
    if (!this.words.length) return undefined;
    const from = this.chosen;
    const at = from ? Math.max(0, this.words.findIndex(([, end]) => end > from[0])) : Math.min(this.#place, this.words.length - 1);
    this.cursor = { anchor: at, head: at };
    return this.#followCursor();
  }

  /** Move by words in reading direction: 1 is forward. */
  moveCursor(by, extend) {
    const head = Math.max(0, Math.min(this.words.length - 1, this.cursor.head + by));
    this.cursor = { anchor: extend ? this.cursor.anchor : head, head };
    this.#followCursor();
  }

  /** Move to the nearest word of the line above (-1) or below (1). */
  moveCursorLine(by, extend) {
    const box = this.#boxOf(this.cursor.head);
    const middle = (one) => one.left + one.width / 2;
    let best = null;
    for (let n = this.cursor.head + by; n >= 0 && n < this.words.length; n += by) {
      const other = this.#boxOf(n);
      if (Math.abs(other.top - box.top) < box.height / 2) continue;
      if (best && Math.abs(other.top - best.top) > box.height / 2) break;
      const far = Math.abs(middle(other) - middle(box));
      if (!best || far < best.far) best = { n, far, top: other.top };
    }
    if (best) this.moveCursor(best.n - this.cursor.head, extend);
  }

  #boxOf(place) {
    return boxesOf(this.line, ...this.words[place])[0];
  }

  #followCursor() {
    const [first, last] = [this.cursor.anchor, this.cursor.head].sort((a, b) => a - b);
    this.#place = this.cursor.head;
    this.#scrollTo(this.cursor.head);
    this.select([this.words[first][0], this.words[last][1]]);
  }

  /** Bring the line of a word into sight: in the box of a long sentence, and in the window. */
  #scrollTo(place) {
    const { line } = this;
    const beyond = (from, to, top, bottom) => (from < top ? from - top : Math.max(0, to - bottom));
    const box = this.#boxOf(place);
    const rest = (Number.parseFloat(getComputedStyle(line).lineHeight) - box.height) / 2;
    const [from, to] = [box.top - rest, box.bottom + rest];
    const { top } = line.getBoundingClientRect();
    const inside = line.scrollHeight > line.clientHeight ? beyond(from, to, top, top + line.clientHeight) : 0;
    if (inside) line.scrollTop += inside;
    const around = beyond(from - inside, to - inside, 0, innerHeight - BAR);
    if (around) scrollBy({ top: around });
  }

  /** What is chosen, larger (by 1) or smaller (-1) by a word, a particle or a character. */
  resized(stretch, by, step, side) {
    return moveEdge(this.text, stretch, by, step, side);
  }

  // --- word hints --------------------------------------------------------------------------------

  openHints(nameOf) {
    if (!this.words.length) return;
    this.clear();
    this.hints = new WordHints(this.line, this.overlay, this.words, this.letters, nameOf);
    this.onchange();
  }

  closeHints() {
    this.hints = null;
    this.overlay.replaceChildren();
  }

  /** A letter of a hint: one hint takes a word, a second one makes it a stretch. True when it was a letter of hints. */
  typeHint(code) {
    const letter = code.slice(3);
    if (!code.startsWith('Key') || !this.letters.includes(letter)) return false;
    const { hints } = this;
    const at = hints.type(letter);
    if (at !== null) {
      const [first, last] = [hints.first ?? at, at].sort((a, b) => a - b);
      if (hints.first === null) hints.first = at;
      else this.closeHints();
      this.select([this.words[first][0], this.words[last][1]]);
    }
    this.hints?.draw();
    return true;
  }
}
