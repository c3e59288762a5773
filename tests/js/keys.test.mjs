import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { KeyNames, codeOf, labelKeys } from '../../annotator/static/js/lib/keys.js';

const scheme = JSON.parse(readFileSync(new URL('../../seeds/scheme.json', import.meta.url), 'utf8'));
const pressed = (code, key) => ({ code, key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false });

test('a key is shown as the Arabic layout prints it when the pages are Arabic', () => {
  const names = new KeyNames('ar');
  assert.equal(names.name('KeyQ'), 'ض');
  assert.equal(names.name('Digit1'), '1');
  assert.equal(names.chord('Ctrl+KeyZ'), 'Ctrl ئ');
  assert.equal(new KeyNames('en').name('KeyQ'), 'Q');
});

test('what a key prints is learnt from the first letter that is typed', () => {
  const names = new KeyNames('en');
  assert.equal(names.see(pressed('KeyQ', 'ض')), true);
  assert.equal(names.name('KeyW'), 'ص');
  assert.equal(names.see(pressed('KeyW', 'ص')), false);
  assert.equal(names.see(pressed('KeyA', 'a')), true);
  assert.equal(names.name('KeyQ'), 'Q');
  assert.equal(names.see({ ...pressed('KeyZ', 'z'), ctrlKey: true }), false);
  assert.equal(names.see(pressed('Enter', 'Enter')), false);
});

test('the browser’s layout map is asked where there is one', async () => {
  const map = new Map([['KeyQ', 'a']]);
  Object.defineProperty(globalThis, 'navigator', { value: { keyboard: { getLayoutMap: async () => map } }, configurable: true });
  assert.equal((await new KeyNames('en').learn()).name('KeyQ'), 'A');
});

test('the numeric pad counts as digits', () => {
  assert.equal(codeOf({ code: 'Numpad7' }), 'Digit7');
  assert.equal(codeOf({ code: 'NumpadEnter' }), 'Enter');
});

test('every label of the scheme with a key is reached by it', () => {
  const { sentence, entities } = labelKeys(scheme);
  assert.deepEqual(sentence.get('KeyV'), { layer: 'speaker', id: 'ARTICLE' });
  assert.deepEqual(sentence.get('KeyZ'), { layer: 'attribution', id: 'direct' });
  assert.deepEqual(sentence.get('KeyQ'), { layer: 'stance', id: 'favor' });
  assert.deepEqual(sentence.get('Digit0'), { layer: 'claim_type', id: 'praise' });
  assert.deepEqual(entities.get('KeyP'), { layer: 'entities', id: 'PERS' });
  const labels = [...scheme.layers.stance.targets, ...scheme.layers.stance.values, ...scheme.layers.claim_type.labels];
  assert.equal(labels.every(({ key }) => sentence.has(key)), true);
});
