// What the labelling screen is made of, and how it follows the answer.

import { el, redraw } from './lib/dom.js';
import { t, tn } from './lib/messages.js';
import { keepPlace } from './lib/shell.js';
import { claimPanel, entityPanel, palette, speakerPanel, spread, stancePanel, statementTabs } from './elements/panels.js';
import { SentenceText } from './elements/sentence.js';
import { SpeakerPicker } from './elements/speaker.js';
import { stick } from './elements/stuck.js';

/** Build the screen once; gives the parts that change, and the ways to change them. */
export function frame(desk) {
  const entityKeys = desk.scheme.layers.entities.labels.map((label) => label.key);
  const parts = {
    text: new SentenceText({ onchange: () => refresh(desk), reserved: new Set([...entityKeys, desk.keys.speakers]) }),
    picker: new SpeakerPicker(desk),
    bar: el('progress', { max: 1, value: 0, aria: { label: t('progress') } }),
    count: el('span.count'),
    lamp: el('button.light', { type: 'button', data: { state: 'saved' }, onclick: () => lampPressed(desk) }, t('saved')),
    said: el('p.said', { role: 'status' }),
    before: el('div.neighbours.before'),
    after: el('div.neighbours.after'),
    source: el('p.source'),
    palette: el('div.palette'),
    tabs: el('div.tab-line'),
    speaker: el('div'),
    stance: el('div'),
    claim: el('div'),
    entities: el('div.entities'),
    notes: el('div.notes'),
    measured: el('p.measured'),
  };
  parts.stage = el('section.stage', { aria: { label: t('Sentence') } }, el('div.stage-head', {}, parts.source, parts.notes),
    parts.before, parts.text.element, parts.after, parts.palette);
  parts.main = el('div.desk-main', { tabIndex: -1 }, parts.stage,
    el('div.board-room', {}, el('div.board', {}, el('section.statement', { aria: { label: t('Statement') } }, parts.tabs, el('div.layers', {}, parts.speaker, parts.stance, parts.claim)), parts.entities)));
  parts.besides = el('div.besides');
  parts.instead = el('div.empty', { hidden: true });
  parts.actions = actions(desk, parts);
  desk.replaceChildren(tools(desk, parts), el('div.desk-body', {}, parts.main, parts.instead, parts.besides), parts.actions);
  desk.parts = Object.assign(parts, {
    progress: (told) => showProgress(desk, told),
    light: (state, told) => {
      showLight(desk, state, told);
      if (state === 'saved') desk.drawer?.saved();
    },
    say: (words) => parts.said.replaceChildren(words),
    status: (words, again = null) => {
      instead(desk, el('p', { role: 'status' }, words), again && el('button.primary', { type: 'button', onclick: again }, t('Try again')));
      desk.again = again; // by itself, too, when the network is back
    },
    finished: () => finished(desk),
    askFor: (layer) => askFor(desk, layer),
    focusLayer: (layer) => focusLayer(desk, layer),
    renameKeys: () => renameKeys(desk),
    place: (sentence) => showPlace(desk, sentence),
    neighbours: (before, after) => showNeighbours(desk, before, after),
    lastMeasured: (active, events) => showMeasured(parts, active, events),
  });
  stick(parts.text.element);
  addEventListener('scroll', () => { desk.scrolled = scrollY > 0; }, { passive: true });
  renameKeys(desk);
  return parts;
}

/** `about`: what it does concerns the sentence that is shown. */
function button(name, act, code, kind = 'button', about = false) {
  return el(about ? `${kind}.about` : kind, { type: 'button', onclick: act, data: { key: code ?? '' } }, el('span', {}, name), el('kbd', { aria: { hidden: 'true' } }));
}

function tools(desk, parts) {
  return el('div.tools', { role: 'toolbar', aria: { label: t('Tools') } }, parts.bar, parts.count, parts.lamp, el('span.gap'),
    button(t('Flag'), () => desk.dialog('flag'), desk.keys.flag, 'button', true), button(t('Comment'), () => desk.remark(), desk.keys.comment, 'button', true),
    button(t('Undo'), () => desk.step('undo'), 'Ctrl+KeyZ'), button(t('Redo'), () => desk.step('redo'), ''),
    button(t('Document'), () => desk.aside('document'), desk.keys.document, 'button', true), button(t('Guideline'), () => desk.aside('guideline'), desk.keys.guideline),
    button(t('My work'), () => desk.aside('mine'), 'F2'), button(t('Keys'), () => desk.dialog('keys'), 'F1'));
}

function actions(desk, parts) {
  return el('div.actions', {}, parts.said, parts.measured, button(t('Previous'), () => desk.previous(), desk.keys.previous),
    button(t('Skip'), () => desk.dialog('skip'), desk.keys.skip), button(t('Save and next'), (event) => event.detail < 2 && desk.submit(), desk.keys.save_next, 'button.primary'));
}

// --- what is told --------------------------------------------------------------------------------

function showProgress(desk, told) {
  const done = told.submitted + told.skipped;
  desk.parts.bar.max = Math.max(1, told.total);
  desk.parts.bar.value = done;
  // as both languages group digits here; the browser's own formats take longer to load than the screen to be drawn
  const number = (value) => el('bdi', {}, String(value).replace(/\B(?=(?:\d{3})+$)/g, ','));
  desk.parts.count.replaceChildren(number(done), ' / ', number(told.total));
}

const LIGHTS = () => ({
  saved: t('saved'), queued: t('saving …'), offline: t('offline: kept here'), conflict: t('changed elsewhere'),
  refused: t('not accepted'), 'signed-out': t('signed out: kept here'), changed: t('kept here'),
  unkept: t('not kept here: leave the page open'),
});

/** What was changed on the screen is not saved before it is left: until then only this browser has it. */
function showLight(desk, state, told) {
  const { lamp } = desk.parts;
  lamp.told = [state, told];
  lamp.changed = Boolean(desk.answer) && JSON.stringify(desk.answer) !== desk.stored;
  const open = told.stuck > 0 ? 'conflict' : 'saved'; // a question that is still open is not covered by good news
  const sent = state !== 'saved' ? state : told.left > 0 ? 'queued' : open;
  const shown = told.unkept > 0 ? 'unkept' : sent === 'saved' && lamp.changed ? 'changed' : sent;
  lamp.dataset.state = shown;
  lamp.replaceChildren(LIGHTS()[shown], told.left > 1 ? ` (${told.left})` : '');
}

function followChange(desk) {
  const { lamp } = desk.parts;
  if (lamp.changed !== (JSON.stringify(desk.answer) !== desk.stored)) showLight(desk, ...(lamp.told ?? ['saved', {}]));
}

async function lampPressed(desk) {
  const open = (await desk.outbox.waiting()).find((save) => save.state !== 'waiting');
  if (open) desk.reopen(open);
  else desk.outbox.flush();
}

function showMeasured(parts, active, events) {
  const spent = Math.max(1, Math.round(active / 1000));
  parts.measured.replaceChildren(t('Last sentence:'), ' ', tn('{count} second', '{count} seconds', spent), ' · ', tn('{count} action', '{count} actions', events));
}

function renameKeys(desk) {
  for (const one of desk.querySelectorAll('[data-key]')) {
    const cap = one.querySelector('kbd');
    cap.textContent = one.dataset.key ? desk.keyNames.chord(one.dataset.key) : '';
    cap.hidden = !one.dataset.key;
  }
  if (desk.answer) refresh(desk);
}

// --- the sentence and what is around it ----------------------------------------------------------

function showPlace(desk, sentence) {
  const { parts } = desk;
  parts.actions.hidden = parts.main.hidden = false;
  parts.instead.hidden = true;
  desk.again = null;
  for (const one of desk.querySelectorAll('.tools .about')) one.disabled = false;
  const { outlet, file, published } = sentence.document;
  const told = [outlet, published?.slice(0, 10), file].filter(Boolean);
  redraw(parts.source, told.map((text) => el('bdi', {}, text)));
  showNeighbours(desk, sentence.before, sentence.after);
  desk.around = { before: sentence.before.length, after: sentence.after.length };
  parts.say('');
  if (desk.scrolled) scrollTo({ top: 0 });
  keepPlace(desk.project, sentence.id);
}

function showNeighbours(desk, before, after) {
  desk.parts.before.dir = desk.parts.after.dir = desk.direction;
  const line = (unit) => el('p', { lang: desk.sentence.language, data: { kind: unit.kind } }, unit.text);
  redraw(desk.parts.before, before.map(line));
  redraw(desk.parts.after, after.map(line));
}

/** Redraw what follows the answer, as far as it changed. The focus stays where it was, or in its layer. */
export function refresh(desk) {
  const { parts, answer } = desk;
  if (!answer || !desk.sentence) return;
  const focused = document.activeElement;
  const held = focused?.closest?.('.panel, .tab-line, .palette');
  drawSentence(desk);
  followChange(desk);
  const { statement, span, previousSpeaker } = desk;
  if (desk.pickedEntity && desk.pickedEntity !== desk.spread?.entity) desk.offerElsewhere(desk.pickedEntity);
  const shared = [desk.sentence.id, desk.row, desk.told, desk.keyNames.edition];
  show(parts.palette, [span, desk.pickedEntity, desk.keyNames.edition], () => palette(desk)); // the same in every sentence
  show(parts.tabs, [answer.statements.length, shared], () => [statementTabs(desk)]);
  show(parts.speaker, [statement, desk.speakerOffers, previousSpeaker?.id, shared], () => [speakerPanel(desk, parts.picker)]);
  show(parts.stance, [statement.stance, shared], () => [stancePanel(desk)]);
  show(parts.claim, [statement.claim_type, shared], () => [claimPanel(desk)]);
  show(parts.entities, [answer.entities.length > 0, desk.entityOffers, shared], () => [entityPanel(desk)]);
  redraw(parts.entities.querySelector('.chips'), entityPanel.marked(desk));
  entityPanel.pick(desk, parts.entities); // a step of the word cursor changes these two, not the chips
  show(parts.entities.querySelector('.elsewhere'), [desk.spread?.places.length ? desk.spread : null], () => spread(desk));
  show(parts.notes, [answer.flag, answer.comment, answer.remarks, desk.sentence.annotation?.state, shared], () => noteLines(desk));
  desk.drawer?.follow();
  if (!held || (focused.isConnected && (span || held !== parts.palette))) return;
  const layer = held.dataset.layer ? desk.querySelector(`[data-layer="${held.dataset.layer}"]`) : null;
  (layer ?? parts.main).focus({ preventScroll: true });
}

/** Redraw a part where what it shows has changed. */
function show(part, shown, make) {
  const key = JSON.stringify(shown);
  if (part.shownKey === key) return;
  part.shownKey = key;
  redraw(part, make());
}

function drawSentence(desk) {
  const { speaker } = desk.statement;
  const marks = desk.answer.entities.map((entity) => {
    const [start, end] = desk.offsets.stretch(entity);
    return { start, end, label: entity.label };
  });
  desk.parts.text.draw(marks, speaker && speaker.start !== null ? desk.offsets.stretch(speaker) : null);
}

function noteLines(desk) {
  const { flag, comment, entities, remarks } = desk.answer;
  // those on words that are no entity; the others stand on their chips
  const loose = (remarks ?? []).filter((one) => !entities.some(({ start, end }) => start === one.start && end === one.end))
    .map((one) => ({ ...one, words: desk.offsets.slice(one.start, one.end) }));
  const { skip_reason: reason, state } = desk.sentence.annotation ?? {};
  const note = (sign, text, act, at = null) => el('button.note', { type: 'button', onclick: act, data: at ? { at } : {} }, el('span', { aria: { hidden: 'true' } }, sign), el('bdi', {}, text));
  return [
    flag ? note('⚑', flag, () => desk.dialog('flag')) : null,
    comment ? note('✎', comment, () => desk.dialog('comment')) : null,
    ...loose.map((one) => note('✎', `${one.words}: ${one.text}`, () => desk.dialog('remark', { ...one, text: one.words }, one.text), `${one.start}-${one.end}`)),
    state === 'skipped' ? note('⤼', t('skipped: {reason}', { reason }), () => desk.dialog('skip')) : null,
  ].filter(Boolean);
}

// --- asking and ending ---------------------------------------------------------------------------

const ASKS = () => ({
  speaker: t('Who says it? Choose a speaker.'), attribution: t('How is it told: directly, indirectly, or both?'),
  stance: t('What is the stance toward the target?'), no_stance: t('Does the speaker take a stance? Choose a target, or “no stance”.'), stance_target: t('Toward which target is the stance?'), claim_type: t('What type of claim is it?'),
});

function askFor(desk, layer) {
  const aimless = layer === 'stance' && !desk.statement.stance.target;
  desk.parts.say(ASKS()[aimless ? 'no_stance' : layer]);
  focusLayer(desk, { attribution: 'speaker', stance_target: 'stance' }[layer] ?? layer);
}

function focusLayer(desk, layer) {
  const panel = desk.querySelector(`.panel[data-layer="${layer}"]`);
  panel?.focus({ preventScroll: true });
  // one that is higher than the room between the sentence and the buttons is read from its head
  panel?.scrollIntoView({ block: panel.offsetHeight < innerHeight / 2 ? 'nearest' : 'start' });
  desk.drawer.follow(); // the guideline is opened at this layer
}

function instead(desk, ...content) {
  const { parts } = desk;
  desk.again = null;
  for (const one of desk.querySelectorAll('.tools .about')) one.disabled = true;
  parts.actions.hidden = parts.main.hidden = true;
  parts.instead.hidden = false;
  parts.instead.replaceChildren(...content.filter(Boolean));
}

function finished(desk) {
  desk.at = desk.order.length;
  keepPlace(desk.project, null);
  instead(desk, el('h2', {}, t('Nothing is left to label.')),
    el('p', {}, t('Every sentence that is meant for you is done. New ones appear here when the lead imports more.')),
    el('p', {}, el('a.button', { href: '/' }, t('My projects')), ' ',
      desk.order.length ? el('button', { type: 'button', onclick: () => desk.previous() }, t('Back to the last sentence')) : null, ' ',
      el('button.primary', { type: 'button', onclick: () => location.reload() }, t('Look again'))));
}
