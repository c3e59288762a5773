import assert from 'node:assert/strict';
import test from 'node:test';

import * as answers from '../../annotator/static/js/lib/answer.js';

const ARTICLE = { id: 'ARTICLE', canonical: 'صوت المقال', kind: 'article' };
const SALEM = { id: 'salem', canonical: 'سالم', kind: 'person' };
const first = (answer) => answer.statements[0];

test('the article’s own voice has attribution none, and nobody else has', () => {
  let answer = answers.setAttribution(answers.setSpeaker(answers.emptyAnswer(), 0, SALEM), 0, 'direct');
  assert.equal(first(answer).attribution, 'direct');
  answer = answers.setSpeaker(answer, 0, ARTICLE);
  assert.equal(first(answer).attribution, 'none');
  assert.equal(answers.setAttribution(answer, 0, 'direct'), answer);
  answer = answers.setSpeaker(answer, 0, SALEM);
  assert.equal(first(answer).attribution, null);
  assert.equal(answers.setAttribution(answer, 0, 'none'), answer);
});

test('stance none and no target go together', () => {
  let answer = answers.setTarget(answers.emptyAnswer(), 0, 'talks');
  assert.deepEqual(first(answer).stance, { target: 'talks', value: null });
  answer = answers.setStance(answer, 0, 'favor');
  assert.deepEqual(first(answer).stance, { target: 'talks', value: 'favor' });
  assert.deepEqual(first(answers.setStance(answer, 0, 'none')).stance, { target: null, value: 'none' });
  assert.deepEqual(first(answers.setTarget(answer, 0, 'talks')).stance, { target: null, value: null });
  answer = answers.setStance(answers.emptyAnswer(), 0, 'against');
  assert.deepEqual(answers.missing(answer).map(([, layer]) => layer), ['speaker', 'stance_target', 'claim_type']);
  assert.equal(answers.labelsOf(answer).statements[0].stance.value, null);
});

test('nothing is answered before somebody answers it; the article’s own voice takes no side', () => {
  const empty = answers.emptyAnswer();
  assert.deepEqual(first(empty), { speaker: null, attribution: null, stance: { target: null, value: null }, claim_type: null });
  assert.deepEqual(answers.missing(empty).map(([, layer]) => layer), ['speaker', 'stance', 'claim_type']);
  const spoken = answers.setSpeaker(empty, 0, ARTICLE);
  assert.deepEqual(first(spoken).stance, { target: null, value: 'none' });
  assert.deepEqual(first(answers.setSpeaker(spoken, 0, SALEM)).stance, { target: null, value: null });
  assert.deepEqual(first(answers.setSpeaker(spoken, 0, null)).stance, { target: null, value: null });
  const sided = answers.setTarget(spoken, 0, 'talks');
  assert.deepEqual(first(answers.setSpeaker(sided, 0, ARTICLE)).stance, { target: 'talks', value: null });
  const chosen = answers.setStance(answers.setSpeaker(empty, 0, SALEM), 0, 'none');
  assert.deepEqual(first(answers.setSpeaker(chosen, 0, { ...SALEM, id: 'other' })).stance, { target: null, value: 'none' });
});

test('one key makes a line without a claim complete', () => {
  const answer = answers.setNoClaim(answers.emptyAnswer(), 0, ARTICLE);
  assert.deepEqual(answers.missing(answer), []);
  assert.deepEqual(first(answer), {
    speaker: { ...ARTICLE, start: null, end: null, text: null }, attribution: 'none', stance: { target: null, value: 'none' }, claim_type: 'no_claim',
  });
});

test('the words that name the speaker stay with another speaker, and go with the article', () => {
  const words = { start: 4, end: 8, text: 'سالم' };
  let answer = answers.setSpeaker(answers.emptyAnswer(), 0, SALEM, words);
  answer = answers.setSpeaker(answer, 0, { ...SALEM, id: 'other' });
  assert.equal(first(answer).speaker.start, 4);
  assert.equal(first(answers.setSurface(answer, 0, null)).speaker.text, null);
  answer = answers.setSpeaker(answer, 0, ARTICLE);
  assert.equal(first(answer).speaker.start, null);
  assert.equal(answers.setSurface(answer, 0, words), answer);
});

test('further statements come and go, the primary one stays', () => {
  let answer = answers.addStatement(answers.setClaimType(answers.emptyAnswer(), 0, 'fact'));
  answer = answers.setClaimType(answer, 1, 'deny');
  assert.deepEqual(answer.statements.map((one) => one.claim_type), ['fact', 'deny']);
  assert.deepEqual(answers.removeStatement(answer, 1).statements.length, 1);
  assert.equal(answers.removeStatement(answer, 0), answer);
});

test('spans nest, never cross, and one span has one label', () => {
  const span = (start, end, label) => ({ start, end, text: 'x'.repeat(end - start), label });
  let answer = answers.emptyAnswer();
  for (const one of [span(5, 8, 'GPE'), span(0, 8, 'ORG'), span(10, 12, 'DATE')]) answer = answers.mark(answer, one);
  assert.deepEqual(answer.entities.map(({ start, end }) => [start, end]), [[0, 8], [5, 8], [10, 12]]);
  assert.equal(answers.mark(answer, span(6, 11, 'PERS')), null);
  answer = answers.mark(answer, span(5, 8, 'LOC'));
  assert.deepEqual(answer.entities.map(({ label }) => label), ['ORG', 'LOC', 'DATE']);
  assert.deepEqual(answers.unmark(answer, { start: 0, end: 8 }).entities.length, 2);
});

test('a change leaves the earlier answer as it was', () => {
  const before = answers.mark(answers.emptyAnswer(), { start: 5, end: 8, text: 'abc', label: 'GPE' });
  const copy = structuredClone(before);
  answers.mark(before, { start: 0, end: 3, text: 'xyz', label: 'ORG' });
  answers.setTarget(before, 0, 'talks');
  assert.deepEqual(before, copy);
});

test('a stored answer, whole or half, comes back', () => {
  const half = { labels: { statements: [{ speaker: null, claim_type: 'fact' }], entities: [{ start: 0, end: 1, start_utf16: 0, end_utf16: 1, text: 'a', label: 'ORG' }] }, comment: 'c' };
  const answer = answers.answerOf(half);
  assert.deepEqual(first(answer), { speaker: null, attribution: null, stance: { target: null, value: null }, claim_type: 'fact' });
  assert.deepEqual(answer.entities, [{ start: 0, end: 1, text: 'a', label: 'ORG' }]);
  assert.equal(answer.comment, 'c');
  assert.deepEqual(answers.answerOf(null), answers.emptyAnswer());
});

test('a speaker that turns out to be another one is renamed in every statement', () => {
  const answer = answers.setSpeaker(answers.emptyAnswer(), 0, SALEM);
  assert.equal(first(answers.renameSpeaker(answer, 'salem', 'salem_rawi')).speaker.id, 'salem_rawi');
  assert.equal(answers.renameSpeaker(answer, 'nobody', 'x'), answer);
});

test('a comment on words goes with the mark when its bounds change, and comes back with the answer', () => {
  const marked = answers.mark(answers.emptyAnswer(), { start: 4, end: 8, text: 'سالم', label: 'PERS' });
  const told = answers.remark(marked, { start: 4, end: 8 }, 'من هو؟');
  assert.equal(answers.remarkOn(told, { start: 4, end: 8 }), 'من هو؟');
  const wider = answers.resize(told, told.entities[0], { start: 4, end: 15, text: 'سالم الراوي' });
  assert.deepEqual(wider.remarks, [{ start: 4, end: 15, text: 'من هو؟' }]);
  assert.deepEqual(answers.answerOf({ labels: {}, provenance: { span_comments: wider.remarks } }).remarks, wider.remarks);
  assert.deepEqual(answers.remark(wider, { start: 4, end: 15 }, null).remarks, []);
  assert.deepEqual(answers.answerOf({ labels: {}, provenance: { span_comments: [{ start: 'a' }, 7, null] } }).remarks, []);
  assert.deepEqual(answers.answerOf({ labels: {}, provenance: { span_comments: 'x' } }).remarks, []);
});
