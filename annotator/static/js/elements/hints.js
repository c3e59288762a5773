// The letters over the words of a sentence: for the words that are in sight, above the letters of the text.

import { el } from '../lib/dom.js';
import { hintCodes, stretchOf } from '../lib/hints.js';
import { boxesOf } from '../paint.js';

const HIDDEN = .1; // of a line's height, that may be cut off where a word still counts as seen
const RAISED = .5; // of a line's height, from its middle to that of the tag: on the seam of two lines, off the letters of both

export class WordHints {
  #line;
  #overlay;
  #words;
  #letters;
  #nameOf;
  #seen = [0, 0];

  /** `words` are stretches of the text in `line`; `nameOf` tells what a key prints. */
  constructor(line, overlay, words, letters, nameOf) {
    this.#line = line;
    this.#overlay = overlay;
    this.#words = words;
    this.#letters = letters;
    this.#nameOf = nameOf;
    this.typed = '';
    this.first = null; // the word that was taken already
    this.codes = words.map(() => null); // a word out of sight has none
    this.draw();
  }

  /** Draw the letters where the words are now; after scrolling other words are in sight. */
  draw() {
    const height = Number.parseFloat(getComputedStyle(this.#line).lineHeight);
    this.#look(height);
    const frame = this.#overlay.getBoundingClientRect();
    const tags = [];
    for (let n = this.#seen[0]; n < this.#seen[1]; n += 1) {
      if (!this.codes[n].startsWith(this.typed)) continue;
      const box = this.#boxOf(n);
      const tag = this.#tag(n);
      tag.style.setProperty('left', `${box.left + box.width / 2 - frame.left}px`);
      tag.style.setProperty('top', `${middle(box) - RAISED * height - frame.top}px`);
      tags.push(tag);
    }
    this.#overlay.replaceChildren(...tags);
  }

  /** A letter was typed: the place of the word that it ends the letters of; null for none yet. */
  type(letter) {
    this.typed += letter;
    const at = this.codes.indexOf(this.typed);
    if (at >= 0 || !this.codes.some((code) => code?.startsWith(this.typed))) this.typed = '';
    return at < 0 ? null : at;
  }

  #look(height) {
    const top = this.#line.getBoundingClientRect().top;
    const bottom = top + this.#line.clientHeight;
    const rest = (.5 - HIDDEN) * height;
    const seen = stretchOf(this.#words.length, (n) => middle(this.#boxOf(n)) - rest > top, (n) => middle(this.#boxOf(n)) + rest > bottom);
    if (seen.join() === this.#seen.join()) return;
    this.#seen = seen;
    this.typed = '';
    const codes = hintCodes(seen[1] - seen[0], this.#letters);
    this.codes = this.#words.map((_, n) => codes[n - seen[0]] ?? null);
  }

  #tag(n) {
    const letters = [...this.codes[n].slice(this.typed.length)].map((letter) => this.#nameOf(`Key${letter}`));
    const dir = /[\u0600-\u06ff]/.test(letters[0]) ? 'rtl' : 'ltr';
    return el('span.hint', { dir, data: n === this.first ? { first: '' } : {} }, ...letters.map((letter) => el('span', {}, letter)));
  }

  #boxOf(n) {
    return boxesOf(this.#line, ...this.#words[n])[0];
  }
}

function middle(box) {
  return box.top + box.height / 2;
}
