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

/** The entries with those of these ids first, in the order of the ids. */
export function firstThese(ids, entries) {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const wanted = new Set(ids);
  const first = [...wanted].map((id) => byId.get(id)).filter(Boolean);
  return [...first, ...entries.filter(({ id }) => !wanted.has(id))];
}

/** The entries that a typed text may mean, best first: whole names, beginnings, beginnings of words, parts; all for none. */
export function search(entries, typed) {
  const wanted = fold(typed);
  if (!wanted) return entries;
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
  #byFirst = new Map(); // first word → {words: Map of whole phrase → meanings, the latest last; longest: most words}

  add(folded, meaning) {
    const tokens = folded.split(' ').filter(Boolean);
    if (!tokens.length || (tokens.length === 1 && tokens[0].length < 2)) return;
    const known = this.#byFirst.get(tokens[0]) ?? { words: new Map(), longest: 0 };
    const joined = tokens.join(' ');
    known.words.set(joined, [...(known.words.get(joined) ?? []).filter((one) => one !== meaning), meaning]);
    known.longest = Math.max(known.longest, tokens.length);
    this.#byFirst.set(tokens[0], known);
  }

  knows(folded, fits = () => true) {
    return this.#byFirst.get(folded.split(' ')[0])?.words.get(folded)?.some(fits) ?? false;
  }

  /** Where phrases stand in a text whose meaning `fits`, longest first at each place: {stretch, meaning, place} in UTF-16 units. */
  find(text, fits = () => true) {
    const { all, folded } = tokensOf(text);
    const found = [];
    for (let n = 0; n < all.length; n += 1) {
      const hit = this.#longest(folded, n, fits);
      if (!hit) continue;
      found.push({ stretch: [all[n][0], all[n + hit.length - 1][1]], meaning: hit.meaning, place: n, folded });
      n += hit.length - 1;
    }
    return found;
  }

  #longest(folded, at, fits) {
    let best = null;
    for (const first of bare(folded[at])) {
      const { words: known, longest } = this.#byFirst.get(first) ?? { longest: 0 };
      for (let length = Math.min(longest, folded.length - at); length > (best?.length ?? 0); length -= 1) {
        const meaning = known.get([first, ...folded.slice(at + 1, at + length)].join(' '))?.findLast(fits);
        if (meaning !== undefined) best = { length, meaning };
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

const VERBS = new Set(
  ('قال قالت اكد اكدت اضاف اضافت اوضح اوضحت اعلن اعلنت ذكر ذكرت صرح صرحت اشار اشارت نقل نقلت دعا دعت حذر حذرت ' +
    'اعتبر اعتبرت كشف كشفت نفي نفت اتهم اتهمت طالب طالبت اعرب اعربت راي رات شدد شددت ادان ادانت رحب رحبت ' +
    'توقع توقعت تعهد تعهدت هدد هددت رفض رفضت وصف وصفت افاد افادت لفت لفتت اقر اقرت زعم زعمت تابع تابعت نبه نبهت').split(' '),
);
const SAYING = new Set([...VERBS, 'بحسب', 'وفق', 'حسب', 'عن']);
// what ends the words that name the speaker: where, when, to whom, and what else is said of the speaker
const AFTER_NAME = new Set(
  ('في علي الي من عن مع قبل بعد خلال امام عبر اثناء عقب حول بشان ضد منذ حتي حين عندما بينما يوم اليوم امس الامس صباح مساء ' +
    'الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت ايضا كذلك لاحقا سابقا الذي التي الذين قوله قولها ردا تعليقا ل ب ' +
    'رفض رفضت رفضوا طلب طلبت طلبوا').split(' '),
);
// what is said of, not who says: "stressed the need …", "expressed his readiness …"
const SAID_OF = /^(?:ضروره|اهميه|وجوب|خطوره|عدم|(?:رفض|حرص|دعم|تمسك|التزام|استعداد|قلق|امل|موقف|تقدير|شكر|ثقه|ادانت)(?:ه|ها|هم|نا)?)$/;
// before a verb of saying: who speaks was named before it, or nobody speaks ("refused to give his name")
const NOT_SAYING = new Set(['قد', 'عدم', 'دون', 'لم', 'لن', 'لا', 'ان']);
const THAT = /^[بف]?ان(?:ه|ها|هم|هما|هن|نا|ي|ك)?$/;
const PAUSE = /[^\p{L}\p{N}\s\p{M}\p{Cf}]/u;
const OPENS = /[:«“"]/;
const NAME_WORDS = 9; // more are no name
const SPEECH_WORDS = 25; // between a verb of saying and what is said

/** The words between a verb of saying and what is said, as stretches, with the place of the first: who is meant may be nobody known yet. */
export function namedByVerbs(text) {
  const { all, folded } = tokensOf(text);
  const gap = (n) => text.slice(all[n - 1][1], all[n]?.[0]);
  const after = (n) => AFTER_NAME.has(folded[n]) && (folded[n] !== 'علي' || text.slice(...all[n]).includes('ى')); // Ali is a name
  const ends = (n) => PAUSE.test(gap(n)) || THAT.test(folded[n]) || after(n);
  const endOf = (from) => {
    let to = from;
    while (to < all.length && !ends(to)) to += 1;
    return to;
  };
  const speaks = (from, to) => {
    for (let n = from; n < Math.min(to, all.length); n += 1) if (THAT.test(folded[n]) || OPENS.test(gap(n))) return true;
    return false;
  };
  const found = [];
  for (let n = 0; n + 1 < all.length; n += 1) {
    const verb = bare(folded[n]).find((form) => VERBS.has(form));
    if (!verb || (n && (NOT_SAYING.has(folded[n - 1]) || VERBS.has(folded[n - 1])) && !PAUSE.test(gap(n)))) continue;
    if (SAID_OF.test(folded[n + 1]) || (VERBS.has(folded[n + 1]) && !PAUSE.test(gap(n + 1)))) continue;
    let from = n + 1;
    let to = endOf(from);
    if (/^نقلت?$/.test(verb) && folded[to] === 'عن') to = endOf(from = to + 1); // told by one, said by another
    if (to > from && to - from <= NAME_WORDS && speaks(to, n + SPEECH_WORDS)) found.push({ stretch: [all[from][0], all[to - 1][1]], place: from });
  }
  return found;
}

/**
 * Who may be speaking: names in the sentence (after a verb of saying first), then the words after such a verb that name
 * nobody known (`words` is true, and the entry stands for nobody yet), then the last speaker, then names before the sentence.
 * `names` are phrases that mean entries, of which those that `fits` are offered.
 */
export function speakerCandidates(sentence, names, fits, previous, offsets, most = 3) {
  const ranked = names.find(sentence.text, fits).map(({ stretch, meaning, place, folded }) => {
    const before = folded.slice(Math.max(0, place - 3), place);
    const near = !before.some((word) => THAT.test(word)) && before.some((word) => bare(word).some((form) => SAYING.has(form)));
    return { entry: meaning, ...offsets.span(stretch), rank: (near ? 0 : 100) + place };
  });
  for (const { stretch, place } of namedByVerbs(sentence.text)) {
    const span = offsets.span(stretch);
    if (names.knows(fold(span.text), fits)) continue; // it is offered as a name
    ranked.push({ entry: { id: `words-${span.start}-${span.end}`, canonical: span.text }, ...span, words: true, rank: 50 + place });
  }
  ranked.sort((a, b) => a.rank - b.rank);
  if (previous) ranked.push({ entry: previous, start: null, end: null, text: null });
  for (const { text } of [...(sentence.before ?? [])].reverse()) {
    for (const { meaning } of names.find(text, fits)) ranked.push({ entry: meaning, start: null, end: null, text: null });
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
