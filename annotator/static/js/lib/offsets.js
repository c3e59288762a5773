// Places in a sentence. The one module where UTF-16 units (JavaScript) and code points (everything else) meet.

/** Both directions for one text, in constant time per look-up. */
export class Offsets {
  constructor(text) {
    this.text = text;
    this.units = [];
    this.points = new Array(text.length + 1);
    let unit = 0;
    for (const character of text) {
      const point = this.units.length;
      this.units.push(unit);
      for (let n = 0; n < character.length; n += 1) this.points[unit + n] = point;
      unit += character.length;
    }
    this.points[unit] = this.units.length;
    this.units.push(unit);
  }

  /** UTF-16 unit → code point; a unit inside a pair belongs to the pair's code point. */
  toPoint(unit) {
    return this.points[Math.max(0, Math.min(unit, this.text.length))];
  }

  /** Code point → UTF-16 unit. */
  toUnit(point) {
    return this.units[Math.max(0, Math.min(point, this.units.length - 1))];
  }

  /** The text between two code points. */
  slice(start, end) {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }

  /** A stretch of UTF-16 units as a span in code points, with its text. */
  span([start, end]) {
    return { start: this.toPoint(start), end: this.toPoint(end), text: this.text.slice(start, end) };
  }

  /** A span in code points as a stretch of UTF-16 units. */
  stretch({ start, end }) {
    return [this.toUnit(start), this.toUnit(end)];
  }
}

// Words, graphemes and particles: stretches of UTF-16 units, half-open.

let segmenter = null; // made when it is first needed: its tables take longer to load than the page's own script
// greedy to the last letter of the token: the punctuation after it is given back, marks are kept
const WORD = new RegExp(word('\\s:;,،؛«»"“”()'), 'gu');
const ON = '[\\p{M}\\u0640]*'; // the marks and tatweels on a letter: they go with it
const PARTICLE = new RegExp(`^(?:[اٱ]${ON}ل${ON}|ل${ON}ل${ON}|[وفبلكس]${ON})`, 'u');

/** What a word is, if these characters end it: writers leave out the blank after them. 2,500 and 10:30 are one word. */
function word(ends) {
  const inner = `(?:[^${ends}]|(?<=\\p{N})[:,،](?=\\p{N})|:(?=/))`;
  return `[\\p{L}\\p{N}](?:${inner}*[\\p{L}\\p{N}\\p{M}_\\u200c\\u200d])?`;
}

/** Tokens between blanks, quotation marks, colons and commas, without the punctuation around them. A lone tatweel is a dash, no word. */
export function words(text) {
  return Array.from(text.matchAll(WORD), (match) => [match.index, match.index + match[0].length]).filter(
    ([start, end]) => /[^\u0640]/.test(text.slice(start, end)),
  );
}

/** Where graphemes begin, and the end of the text. */
export function graphemeEdges(text) {
  segmenter ??= new Intl.Segmenter('ar', { granularity: 'grapheme' });
  const edges = Array.from(segmenter.segment(text), (segment) => segment.index);
  edges.push(text.length);
  return edges;
}

/** A stretch widened to whole graphemes; null when nothing is left. */
export function snapToGraphemes(text, [start, end]) {
  const edges = graphemeEdges(text);
  const from = edges.filter((edge) => edge <= start).at(-1);
  const to = edges.find((edge) => edge >= end);
  return from < to ? [from, to] : null;
}

/** A stretch widened to the words that it touches; null when it touches none. */
export function snapToWords(text, [start, end]) {
  const touched = words(text).filter(([from, to]) => from < Math.max(end, start + 1) && to > start);
  return touched.length ? [touched[0][0], touched.at(-1)[1]] : null;
}

/**
 * Move one edge of a stretch outward (`by` 1) or inward (-1) by a 'word', a 'character' or a 'particle'.
 * `side` is 'end' or 'start'; a particle is always at the start. The same stretch where there is no room.
 */
export function moveEdge(text, stretch, by, step, side = 'end') {
  if (step === 'particle') return moveParticle(text, stretch, by);
  const [start, end] = stretch;
  const all = step === 'character' ? graphemeEdges(text) : words(text).map(([from, to]) => (side === 'end' ? to : from));
  const edge = side === 'end' ? end : start;
  const ahead = (side === 'end') === by > 0;
  const wanted = ahead ? all.find((other) => other > edge) : all.filter((other) => other < edge).at(-1);
  const moved = side === 'end' ? [start, wanted] : [wanted, end];
  return wanted !== undefined && moved[0] < moved[1] ? moved : stretch;
}

/** Cut an attached particle (و ف ب ل ك س ال) off the front, one at a time, or take all of them back. */
function moveParticle(text, [start, end], by) {
  const whole = words(text).find(([from, to]) => from <= start && start < to);
  if (!whole) return [start, end];
  if (by > 0) return [whole[0], end];
  const particle = PARTICLE.exec(text.slice(start, whole[1]));
  const [cut, more] = particle ? graphemeEdges(text).filter((edge) => edge >= start + particle[0].length) : [];
  return cut < end && more < whole[1] ? [cut, end] : [start, end]; // a letter alone is no word
}
