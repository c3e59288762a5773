// What may be offered, never filled in: speakers named in the sentence, entities marked before.

import { fold } from './lib/fold.js';
import { words } from './lib/words.js';

const MOST = 12;

/** Registry entries whose name or alias stands in the sentence, with the words; longest names first. */
export function entriesIn(desk) {
  const { text } = desk.sentence;
  const tokens = words(text).map(([start, end]) => ({ start, end, folded: fold(text.slice(start, end)) }));
  const found = [];
  for (const entry of desk.entries) {
    const names = entry.folded.map((name) => name.split(' ')).sort((a, b) => b.length - a.length);
    const span = names.map((name) => locate(tokens, name)).find(Boolean);
    if (span) found.push({ ...entry, span: inPoints(desk, span) });
  }
  return found.sort((a, b) => b.span.end - b.span.start - (a.span.end - a.span.start)).slice(0, 4);
}

/** Where the words of a name stand one after another; the first may carry و ف ب ل ك. */
function locate(tokens, name) {
  for (let n = 0; n + name.length <= tokens.length; n += 1) {
    const fits = name.every((word, m) => {
      const token = tokens[n + m].folded;
      return token === word || (m === 0 && /^[وفبلك]/.test(token) && token.slice(1) === word);
    });
    if (fits) return [tokens[n].start, tokens[n + name.length - 1].end];
  }
  return null;
}

function inPoints(desk, [from, to]) {
  const [start, end] = [desk.offsets.toPoint(from), desk.offsets.toPoint(to)];
  return { start, end, text: desk.offsets.slice(start, end) };
}

/** Keep in mind what was marked, to offer it where the same words come again. */
export function remember(desk, { text, label }) {
  desk.seenEntities.set(fold(text), { text, label });
}

/** The spans of this sentence that were marked elsewhere under a label, and are not marked here. */
export function suggest(desk) {
  const { text } = desk.sentence;
  const tokens = words(text).map(([start, end]) => ({ start, end, folded: fold(text.slice(start, end)) }));
  const found = [];
  for (const [folded, { label }] of desk.seenEntities) {
    const span = locate(tokens, folded.split(' '));
    if (!span) continue;
    const entity = { ...inPoints(desk, span), label };
    const clashes = [...desk.answer.entities, ...found].some((other) => other.start < entity.end && entity.start < other.end);
    if (!clashes) found.push(entity);
    if (found.length === MOST) break;
  }
  return found.sort((a, b) => a.start - b.start);
}
