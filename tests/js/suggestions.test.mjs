// What became of suggestions, and where the same words stand elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Offsets } from '../../annotator/static/js/lib/offsets.js';
import { elsewhere, outcomes } from '../../annotator/static/js/lib/suggestions.js';

const answer = (entities, speaker = null) => ({ statements: [{ speaker }], entities });
const taken = { layer: 'entities', start: 5, end: 9, label: 'PERS' };

test('an entity that was taken is kept, relabelled, resized or removed', () => {
  const become = (...entities) => outcomes([taken], answer(entities)).map((one) => one.outcome);
  assert.deepEqual(become({ start: 5, end: 9, label: 'PERS' }), ['kept']);
  assert.deepEqual(become({ start: 5, end: 9, label: 'ORG' }), ['relabelled']);
  assert.deepEqual(become({ start: 5, end: 14, label: 'PERS' }), ['resized']);
  assert.deepEqual(become({ start: 15, end: 19, label: 'PERS' }), ['removed']);
});

test('a speaker that was taken is kept, changed or removed', () => {
  const become = (speaker) => outcomes([{ layer: 'speaker', row: 0, id: 's', start: 1, end: 3 }], answer([], speaker))[0].outcome;
  assert.equal(become({ id: 's', start: 1, end: 3 }), 'kept');
  assert.equal(become({ id: 's', start: 1, end: 6 }), 'resized');
  assert.equal(become({ id: 'other' }), 'relabelled');
  assert.equal(become(null), 'removed');
});

test('the same suggestion taken twice counts once', () => {
  assert.equal(outcomes([taken, { ...taken }], answer([])).length, 1);
});

test('the same words are found elsewhere, with attached letters, never where something is marked', () => {
  const text = 'قال سالم وسالم، ثم سَالِم 🌊 لسالم وسالمين';
  const offsets = new Offsets(text);
  const found = elsewhere({ text: 'سالم', label: 'PERS' }, text, [{ start: 4, end: 8, label: 'PERS' }], offsets);
  assert.deepEqual(found.map((one) => one.text), ['وسالم', 'سَالِم', 'لسالم']);
  assert.deepEqual(found.map(({ start, end }) => [...text].slice(start, end).join('')), found.map((one) => one.text));
});
