// Which key a command has.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { COMMANDS, commandKeys } from '../../annotator/static/js/lib/commands.js';

const scheme = () => JSON.parse(readFileSync('seeds/scheme.json', 'utf8'));

test('a scheme that moves nothing leaves every command its own key', () => {
  assert.deepEqual(commandKeys(scheme()), COMMANDS);
});

test('a moved command has its new key, and who had that has none', () => {
  const moved = scheme();
  moved.global_keys = { KeyL: 'speakers' };
  const keys = commandKeys(moved);
  assert.equal(keys.speakers, 'KeyL');
  assert.equal(keys.hints, null);
});

test('a label takes the key of a command', () => {
  const taken = scheme();
  taken.global_keys = {};
  taken.layers.claim_type.labels[0].key = 'KeyI';
  assert.equal(commandKeys(taken).guideline, null);
});
