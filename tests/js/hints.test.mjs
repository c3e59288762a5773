import assert from 'node:assert/strict';
import test from 'node:test';

import { hintCodes, stretchOf } from '../../annotator/static/js/lib/hints.js';

const LETTERS = [...'FJDKSLAHRUIYTVQ'];

test('every word has letters of its own, and none begins those of another', () => {
  for (const count of [0, 1, 15, 16, 225, 226, 912, 3376]) {
    const codes = hintCodes(count, LETTERS);
    assert.equal(new Set(codes).size, count);
    assert.equal(new Set(codes.map((code) => code.length)).size, Math.min(count, 1));
  }
});

test('the letters are as few as can be: two for a sentence of ordinary length', () => {
  assert.deepEqual(hintCodes(3, LETTERS), ['F', 'J', 'D']);
  assert.equal(hintCodes(20, LETTERS)[0].length, 2);
  assert.equal(hintCodes(20, LETTERS)[16], 'JJ');
  assert.equal(hintCodes(226, LETTERS)[225], 'JFF');
});

test('the words of the lines that are seen are a stretch of the words', () => {
  const tops = [0, 0, 60, 60, 120, 180];
  const seen = (from, to) => stretchOf(tops.length, (n) => tops[n] + 30 > from, (n) => tops[n] + 30 > to);
  assert.deepEqual(seen(0, 300), [0, 6]);
  assert.deepEqual(seen(50, 140), [2, 4]);
  assert.deepEqual(seen(500, 600), [6, 6]);
});
