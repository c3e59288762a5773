import assert from 'node:assert/strict';
import test from 'node:test';

import { loadMessages, t, tn } from '../../annotator/static/js/lib/messages.js';

test('English texts speak for themselves', () => {
  assert.equal(t('Save and next'), 'Save and next');
  assert.equal(t('Statement {n}', { n: 2 }), 'Statement 2');
  assert.equal(tn('{count} second', '{count} seconds', 1), '1 second');
  assert.equal(tn('{count} second', '{count} seconds', 5), '5 seconds');
  assert.equal(t('{name}', { name: '<b>{n}</b>' }), '<b>{n}</b>');
});

test('a catalogue gives Arabic its six forms', async () => {
  const forms = ['صفر', 'ثانية', 'ثانيتان', '{count} ثوان', '{count} ثانية', '{count} ثانيةٍ'];
  globalThis.fetch = async () => new Response(JSON.stringify({ Skip: 'تخطَّ', '{count} second': forms }));
  await loadMessages('/ar.json', 'ar');
  assert.equal(t('Skip'), 'تخطَّ');
  const said = [0, 1, 2, 3, 11, 100].map((count) => tn('{count} second', '{count} seconds', count));
  assert.deepEqual(said, ['صفر', 'ثانية', 'ثانيتان', '3 ثوان', '11 ثانية', '100 ثانيةٍ']);
});
