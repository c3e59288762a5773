// What is known of suggestions: which were taken, what became of them, and where the same words stand elsewhere.

import { Phrases, entityCandidates, fold } from './names.js';

const same = (one, other) => one.start === other.start && one.end === other.end;

/** What became of a suggestion that was taken, by the answer as it stands: kept, relabelled, resized or removed. */
export function outcome(taken, answer) {
  if (taken.layer === 'speaker') return speakerOutcome(taken, answer.statements[taken.row ?? 0]?.speaker);
  const there = answer.entities.find((entity) => same(entity, taken));
  if (there) return there.label === taken.label ? 'kept' : 'relabelled';
  return answer.entities.some(({ start, end, label }) => label === taken.label && start < taken.end && taken.start < end) ? 'resized' : 'removed';
}

function speakerOutcome(taken, speaker) {
  if (!speaker) return 'removed';
  if (speaker.id !== taken.id) return 'relabelled';
  return taken.start === undefined || same(speaker, taken) ? 'kept' : 'resized';
}

/** The suggestions that were taken, each once, with what became of it. */
export function outcomes(taken, answer) {
  const once = new Map(taken.map((one) => [JSON.stringify([one.layer, one.row ?? 0, one.id ?? '', one.start, one.end, one.label ?? '']), one]));
  return [...once.values()].map((one) => ({ ...one, outcome: outcome(one, answer) }));
}

/** Where the words of an entity stand in a text too and nothing is marked: spans with its label. */
export function elsewhere(entity, text, entities, offsets) {
  const phrases = new Phrases();
  phrases.add(fold(entity.text), entity.label);
  return entityCandidates(text, phrases, entities, offsets);
}
