// How nested marks are told apart.

import assert from 'node:assert/strict';
import test from 'node:test';

globalThis.CSS = {};
const { hueOf, levelsOf } = await import('../../annotator/static/js/paint.js');
const spans = (...pairs) => pairs.map(([start, end]) => ({ start, end }));

test('a mark is as high as the marks that it holds', () => {
  assert.deepEqual(levelsOf([]), []);
  assert.deepEqual(levelsOf(spans([0, 4], [5, 9])), [0, 0]);
  assert.deepEqual(levelsOf(spans([0, 20], [0, 9], [0, 4], [5, 9], [10, 14])), [2, 1, 0, 0, 0]);
  assert.deepEqual(levelsOf(spans([0, 4], [4, 20], [4, 9], [6, 9], [12, 20], [12, 15])), [0, 2, 1, 0, 1, 0]);
});

test('the hue of a colour', () => {
  assert.deepEqual(['#ff0000', '#00ff00', '#0000FF', '#3b82c4', '#777777', 'red', null].map(hueOf), [0, 120, 240, 209, null, null, null]);
});
