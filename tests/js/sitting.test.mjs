import assert from 'node:assert/strict';
import test from 'node:test';

import { Activity, History } from '../../annotator/static/js/lib/sitting.js';

test('a hundred steps over sentences are undone and done again', () => {
  const history = new History();
  for (let n = 0; n < 100; n += 1) history.add({ id: Math.floor(n / 10), before: { n }, after: { n: n + 1 } });
  for (let n = 99; n >= 0; n -= 1) assert.deepEqual(history.undo(), { id: Math.floor(n / 10), before: { n }, after: { n: n + 1 } });
  assert.equal(history.undo(), null);
  assert.deepEqual(history.redo().after, { n: 1 });
});

test('a new step forgets what was undone; an equal answer is no step', () => {
  const history = new History();
  history.add({ id: 1, before: 1, after: 2 });
  history.undo();
  history.add({ id: 1, before: 1, after: 3 });
  assert.equal(history.redo(), null);
  history.add({ id: 1, before: { a: 1 }, after: { a: 1 } });
  assert.equal(history.undo().after, 3);
});

test('time goes to the layer that it led to, and idle time is cut at a minute', () => {
  let at = 0;
  const activity = new Activity(() => at);
  at = 5_000;
  activity.touch(null); // a key, which then turns out to be of a layer
  activity.touch('speaker', false);
  at = 8_000;
  activity.touch(null);
  activity.touch('stance', false);
  at = 1_000_000;
  activity.touch(null);
  assert.deepEqual(activity.measured(), { active_ms: 68_000, layers: { speaker: 5_000, stance: 3_000, reading: 60_000 }, events: 3 });
  activity.reset(1_000, { speaker: 1_000 }, 2);
  assert.deepEqual(activity.measured(), { active_ms: 1_000, layers: { speaker: 1_000 }, events: 2 });
});

test('a step that changes only other sentences is a step', () => {
  const history = new History();
  history.add({ id: 1, before: 1, after: 1, others: [{ id: 2, before: 1, after: 2 }] });
  assert.equal(history.undo().others.length, 1);
});
