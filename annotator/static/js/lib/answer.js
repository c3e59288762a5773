// One answer as a value: every change gives a new one, and the rules between layers hold by themselves.

export const ARTICLE = 'ARTICLE';

const OPEN = { target: null, value: null }; // nothing is answered before somebody answers it
const NO_STANCE = { target: null, value: 'none' };

export function emptyStatement() {
  return { speaker: null, attribution: null, stance: OPEN, claim_type: null };
}

export function emptyAnswer() {
  return { statements: [emptyStatement()], entities: [], flag: null, comment: null, remarks: [] };
}

/** The answer that the server or the browser's own store holds. */
export function answerOf(stored) {
  if (!stored) return emptyAnswer();
  const { statements = [], entities = [] } = stored.labels ?? {};
  return {
    statements: statements.length ? statements.map(wholeStatement) : [emptyStatement()],
    entities: entities.map(({ start, end, text, label }) => ({ start, end, text, label })),
    flag: stored.flag ?? null,
    comment: stored.comment ?? null,
    remarks: remarksOf(stored.provenance),
  };
}

/** The comments on words of the sentence, which lie in the provenance: anybody may have written that. */
function remarksOf(provenance) {
  const kept = provenance?.span_comments;
  const sound = (one) => Number.isInteger(one?.start) && Number.isInteger(one.end) && typeof one.text === 'string';
  return Array.isArray(kept) ? kept.filter(sound).map(({ start, end, text }) => ({ start, end, text })) : [];
}

/** The same as they are sent. */
export function spanComments({ remarks }) {
  return remarks?.length ? { span_comments: remarks } : {};
}

/** Comment on a span; an empty text takes the comment away. */
export function remark(answer, { start, end }, text) {
  const others = (answer.remarks ?? []).filter((one) => one.start !== start || one.end !== end);
  return { ...answer, remarks: ordered(text ? [...others, { start, end, text }] : others) };
}

export function remarkOn(answer, { start, end }) {
  return answer.remarks?.find((one) => one.start === start && one.end === end)?.text ?? null;
}

/** The same mark with other bounds, its comment with it; null when it would cross another mark. */
export function resize(answer, from, to) {
  const moved = mark(unmark(answer, from), { ...to, label: from.label });
  const told = remarkOn(answer, from);
  return moved && told ? remark(remark(moved, from, null), to, told) : moved;
}

function wholeStatement({ speaker, attribution, stance, claim_type: claimType }) {
  return { speaker: speaker ?? null, attribution: attribution ?? null,
    stance: { target: stance?.target ?? null, value: stance?.value ?? null }, claim_type: claimType ?? null };
}

/** The labels to send. A stance whose target is still missing goes as unanswered: by itself it means nothing. */
export function labelsOf(answer) {
  const statements = answer.statements.map((statement) => {
    const { target, value } = statement.stance;
    return target === null && value !== 'none' ? { ...statement, stance: { target, value: null } } : statement;
  });
  return { statements, entities: answer.entities };
}

/** What of an answer reaches the server, as a text: equal for answers that would be stored alike. */
export function sent(answer) {
  return JSON.stringify([labelsOf(answer), answer.flag, answer.comment, answer.remarks ?? []]);
}

function change(answer, row, changes) {
  const statements = answer.statements.map((statement, n) => (n === row ? { ...statement, ...changes } : statement));
  return { ...answer, statements };
}

export function setSpeaker(answer, row, entry, span = undefined) {
  const before = answer.statements[row];
  if (!entry) return change(answer, row, { speaker: null, attribution: null, ...leaving(before) });
  const words = span ?? (before.speaker && entry.id !== ARTICLE ? pick(before.speaker) : {});
  const speaker = {
    id: entry.id, canonical: entry.canonical, kind: entry.kind,
    start: words?.start ?? null, end: words?.end ?? null, text: words?.text ?? null,
  };
  if (entry.id === ARTICLE) {
    // the article's own voice takes no side, as the guideline says; who hears it do so chooses a target after
    const stance = isOpen(before.stance) ? NO_STANCE : before.stance;
    return change(answer, row, { speaker: { ...speaker, start: null, end: null, text: null }, attribution: 'none', stance });
  }
  return change(answer, row, { speaker, attribution: before.attribution === 'none' ? null : before.attribution, ...leaving(before) });
}

function isOpen({ target, value }) {
  return target === null && value === null;
}

/** What came with the article's own voice goes with it: for anybody else it was never chosen. */
function leaving({ speaker, stance }) {
  return speaker?.id === ARTICLE && stance.value === 'none' ? { stance: OPEN } : {};
}

function pick({ start, end, text }) {
  return { start, end, text };
}

/** The same answer with one speaker's id for another's: two annotators made the same entry. */
export function renameSpeaker(answer, from, to) {
  if (!answer.statements.some((statement) => statement.speaker?.id === from)) return answer;
  const statements = answer.statements.map((statement) =>
    statement.speaker?.id === from ? { ...statement, speaker: { ...statement.speaker, id: to } } : statement);
  return { ...answer, statements };
}

/** Mark, or with null unmark, the words that name the speaker of a row. */
export function setSurface(answer, row, span) {
  const { speaker } = answer.statements[row];
  if (!speaker || speaker.id === ARTICLE) return answer;
  return change(answer, row, { speaker: { ...speaker, start: null, end: null, text: null, ...(span ?? {}) } });
}

export function setAttribution(answer, row, attribution) {
  const { speaker } = answer.statements[row];
  if (attribution === 'none' || speaker?.id === ARTICLE) return answer;
  return change(answer, row, { attribution });
}

/** The same target again takes it away. */
export function setTarget(answer, row, target) {
  const { stance } = answer.statements[row];
  if (stance.target === target) return change(answer, row, { stance: OPEN });
  return change(answer, row, { stance: { target, value: stance.value === 'none' ? null : stance.value } });
}

export function setStance(answer, row, value) {
  const { stance } = answer.statements[row];
  return change(answer, row, { stance: { target: value === 'none' ? null : stance.target, value } });
}

export function setClaimType(answer, row, claimType) {
  return change(answer, row, { claim_type: claimType });
}

/** The article's own voice and no claim: a line that reports nothing. */
export function setNoClaim(answer, row, article) {
  const spoken = setSpeaker(answer, row, article);
  return change(spoken, row, { stance: NO_STANCE, claim_type: 'no_claim' });
}

export function addStatement(answer) {
  return { ...answer, statements: [...answer.statements, emptyStatement()] };
}

export function removeStatement(answer, row) {
  if (row === 0) return answer;
  return { ...answer, statements: answer.statements.filter((_, n) => n !== row) };
}

/** Mark a span; the same span under another label changes it. Null when it would cross another span. */
export function mark(answer, entity) {
  const others = answer.entities.filter((other) => other.start !== entity.start || other.end !== entity.end);
  const crosses = others.some(
    (other) =>
      (other.start < entity.start && entity.start < other.end && other.end < entity.end) ||
      (entity.start < other.start && other.start < entity.end && entity.end < other.end),
  );
  return crosses ? null : { ...answer, entities: ordered([...others, entity]) };
}

export function unmark(answer, { start, end }) {
  return { ...answer, entities: answer.entities.filter((other) => other.start !== start || other.end !== end) };
}

function ordered(entities) {
  return entities.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** What is still to be answered, as [row, layer] pairs. */
export function missing(answer) {
  const found = [];
  answer.statements.forEach((statement, row) => {
    if (!statement.speaker) found.push([row, 'speaker']);
    else if (!statement.attribution) found.push([row, 'attribution']);
    if (statement.stance.value === null) found.push([row, 'stance']);
    else if (statement.stance.value !== 'none' && !statement.stance.target) found.push([row, 'stance_target']);
    if (!statement.claim_type) found.push([row, 'claim_type']);
  });
  return found;
}

/** Whether anything was answered at all. */
export function touched(answer) {
  return JSON.stringify(answer) !== JSON.stringify(emptyAnswer());
}
