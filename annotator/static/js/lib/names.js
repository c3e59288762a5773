// Names in Arabic: folding (never shown, never stored), finding in the registry, finding in a text.

import { words } from './offsets.js';

const LETTERS = { أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ى: 'ي', ئ: 'ي', ی: 'ي', ؤ: 'و', ة: 'ه', ک: 'ك' };

/** The text without what writers vary: hamza, ya, ta marbuta, tatweel, tashkeel, kinds of digits, case. */
export function fold(text) {
  return text
    .normalize('NFKC')
    .replace(/[أإآٱىئیؤةک]/g, (letter) => LETTERS[letter])
    .normalize('NFD')
    .replace(/[\p{Mn}\p{Me}\p{Cf}\u0640]/gu, '')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Likeness of two folded names from 0 to 1 by their letter pairs (Dice). */
export function likeness(first, second) {
  const pairs = (name) => Array.from({ length: Math.max(0, name.length - 1) }, (_, n) => name.slice(n, n + 2));
  const left = pairs(first);
  const right = pairs(second);
  if (!left.length || !right.length) return first === second ? 1 : 0;
  const rest = [...right];
  let shared = 0;
  for (const pair of left) {
    const at = rest.indexOf(pair);
    if (at < 0) continue;
    rest.splice(at, 1);
    shared += 1;
  }
  return (2 * shared) / (left.length + right.length);
}

/** The entries that a typed text may mean, best first: whole names, beginnings, beginnings of words, parts. */
export function search(entries, typed, most = 8) {
  const wanted = fold(typed);
  if (!wanted) return entries.slice(0, most);
  const rank = (name) => {
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (name.includes(` ${wanted}`)) return 2;
    return name.includes(wanted) ? 3 : 9;
  };
  return entries
    .map((entry) => [Math.min(9, ...entry.folded.map(rank)), entry])
    .filter(([best]) => best < 9)
    .sort((a, b) => a[0] - b[0])
    .slice(0, most)
    .map(([, entry]) => entry);
}

/** The three entries most like a new name: "is this the same as …?" */
export function nearest(entries, name, most = 3) {
  const wanted = fold(name);
  return entries
    .map((entry) => [Math.max(0, ...entry.folded.map((other) => likeness(wanted, other))), entry])
    .filter(([like]) => like >= 0.4)
    .sort((a, b) => b[0] - a[0])
    .slice(0, most)
    .map(([, entry]) => entry);
}

let latest = { text: null };

/** The words of a text and what they fold to; one sentence is asked about many times in a row. */
function tokensOf(text) {
  if (latest.text !== text) {
    const all = words(text);
    latest = { text, all, folded: all.map(([start, end]) => fold(text.slice(start, end))) };
  }
  return latest;
}

/** Word sequences to look for in texts, each with what it stands for; the later meaning of the same words wins. */
export class Phrases {
  #byFirst = new Map();

  add(folded, meaning) {
    const tokens = folded.split(' ').filter(Boolean);
    if (!tokens.length || (tokens.length === 1 && tokens[0].length < 2)) return;
    const known = this.#byFirst.get(tokens[0]) ?? [];
    const others = known.filter((one) => one.tokens.join(' ') !== tokens.join(' '));
    this.#byFirst.set(tokens[0], [...others, { tokens, meaning }]);
  }

  /** Where phrases stand in a text, longest first at each place: {stretch, meaning, place} in UTF-16 units. */
  find(text) {
    const { all, folded } = tokensOf(text);
    const found = [];
    for (let n = 0; n < all.length; n += 1) {
      const hit = this.#longest(folded, n);
      if (!hit) continue;
      found.push({ stretch: [all[n][0], all[n + hit.tokens.length - 1][1]], meaning: hit.meaning, place: n, folded });
      n += hit.tokens.length - 1;
    }
    return found;
  }

  #longest(folded, at) {
    let best = null;
    for (const first of bare(folded[at])) {
      for (const phrase of this.#byFirst.get(first) ?? []) {
        const fits = phrase.tokens.every((token, n) => n === 0 || folded[at + n] === token);
        if (fits && phrase.tokens.length > (best?.tokens.length ?? 0)) best = phrase;
      }
    }
    return best;
  }
}

/** A folded word, and what is left of it without attached particles. */
function bare(word) {
  const forms = [word];
  if (/^[وفبلك]./.test(word)) forms.push(word.slice(1));
  if (/^[وف][بلك]./.test(word)) forms.push(word.slice(2));
  if (/^و?لل/.test(word)) forms.push(`ال${word.replace(/^و?لل/, '')}`);
  return forms;
}

const SAYING = new Set(
  ('قال قالت اكد اكدت اضاف اضافت اوضح اوضحت اعلن اعلنت ذكر ذكرت صرح صرحت اشار اشارت نقل نقلت دعا دعت حذر حذرت ' +
    'اعتبر اعتبرت كشف كشفت نفي نفت اتهم اتهمت طالب طالبت اعرب اعربت راي رات شدد شددت ادان ادانت رحب رحبت ' +
    'توقع توقعت تعهد تعهدت هدد هددت رفض رفضت وصف وصفت بحسب وفق حسب عن').split(' '),
);

/** Who may be speaking: names in the sentence (after a verb of saying first), then before it, then the last speaker. */
export function speakerCandidates(sentence, entries, previous, offsets, most = 3) {
  const phrases = new Phrases();
  for (const entry of entries) for (const name of entry.folded) phrases.add(name, entry);
  const ranked = phrases.find(sentence.text).map(({ stretch, meaning, place, folded }) => {
    const near = folded.slice(Math.max(0, place - 3), place).some((word) => bare(word).some((form) => SAYING.has(form)));
    return { entry: meaning, ...offsets.span(stretch), rank: (near ? 0 : 100) + place };
  });
  ranked.sort((a, b) => a.rank - b.rank);
  if (previous) ranked.push({ entry: previous, start: null, end: null, text: null });
  for (const { text } of [...(sentence.before ?? [])].reverse()) {
    for (const { meaning } of phrases.find(text)) ranked.push({ entry: meaning, start: null, end: null, text: null });
  }
  const seen = new Set();
  return ranked.filter(({ entry }) => !seen.has(entry.id) && seen.add(entry.id)).slice(0, most);
}

/** Names marked before that stand in this text too and are not marked yet. */
export function entityCandidates(text, phrases, entities, offsets) {
  const marked = new Uint8Array(text.length + 1);
  for (const { start, end } of entities) marked.fill(1, start, end);
  return phrases
    .find(text)
    .map(({ stretch, meaning }) => ({ ...offsets.span(stretch), label: meaning }))
    .filter(({ start, end }) => !marked.subarray(start, end).includes(1));
}
