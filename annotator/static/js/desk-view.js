// What the labelling screen is made of, and how it follows the answer.

import { el } from './lib/dom.js';
import { t, tn } from './lib/messages.js';
import { Drawer } from './elements/context.js';
import { claimPanel, entityPanel, speakerPanel, stancePanel, statementTabs } from './elements/panels.js';
import { SentenceText } from './elements/sentence.js';
import { SpeakerPicker } from './elements/speaker.js';

const number = (desk, value) => value.toLocaleString(desk.language === 'ar' ? 'ar-u-nu-latn' : 'en');

/** Build the screen once; gives the parts that change. */
export function frame(desk) {
  const text = new SentenceText({ onselect: () => refresh(desk), onpick: () => refresh(desk) });
  const picker = new SpeakerPicker(desk);
  const drawer = new Drawer(desk);
  const bar = el('progress', { max: 1, value: 0, aria: { label: t('progress') } });
  const count = el('span.count');
  const light = el('output.light', { data: { state: 'saved' }, aria: { live: 'polite' } }, t('saved'));
  const said = el('p.said', { role: 'status', aria: { live: 'polite' } });
  const before = el('div.neighbours', {});
  const after = el('div.neighbours', {});
  const place = el('p.place');
  const tabs = el('div.tab-line');
  const panels = el('div.panels');
  const notes = el('p.notes');
  const stage = el('div.stage', {}, place, before, text.element, after);
  const main = el('div.desk-main', { tabIndex: -1 }, stage, said, tabs, panels, notes);
  const button = (name, action, code) => el('button', { type: 'button', onclick: action, data: { key: code } }, el('span', {}, name), ' ', el('kbd', { aria: { hidden: 'true' } }));
  const tools = el('div.tools', {}, bar, count, light, el('span.gap'),
    button(t('My work'), () => drawer.toggle('mine'), ''), button(t('Document'), () => drawer.toggle('document'), 'KeyO'),
    button(t('Guideline'), () => drawer.toggle('guideline'), 'KeyI'), button(t('Flag'), () => desk.dialogs.flag(), 'KeyY'),
    button(t('Comment'), () => desk.dialogs.comment(), 'KeyU'), button(t('Undo'), () => desk.step('undo'), ''), button(t('Keys'), () => desk.dialogs.keys(), 'F1'));
  const actions = el('div.actions', {}, button(t('Previous'), () => desk.previous(), 'Comma'), button(t('Skip'), () => desk.dialogs.skip(), 'Backquote'),
    el('button.primary', { type: 'button', onclick: () => desk.submit(), data: { key: 'Enter' } }, el('span', {}, t('Save and next')), ' ', el('kbd', { aria: { hidden: 'true' } })));
  desk.replaceChildren(tools, el('div.desk-body', {}, main, drawer.element), actions);
  const parts = {
    text, picker, drawer, main, panels, tabs, notes, said, before, after, placeLine: place,
    progress: (told) => {
      bar.max = Math.max(1, told.total);
      bar.value = told.submitted + told.skipped;
      count.textContent = `${number(desk, told.submitted + told.skipped)} / ${number(desk, told.total)}`;
    },
    light: (state, detail) => showLight(light, state, detail),
    say: (words) => {
      said.textContent = words;
    },
    status: (words, again) => main.replaceChildren(el('div.empty', {}, el('p', {}, words), el('button.primary', { type: 'button', onclick: again }, t('Try again')))),
    finished: () => finished(desk, actions),
    askFor: (layer) => ask(desk, layer),
    focusLayer: (layer) => focusLayer(desk, layer),
    renameKeys: () => renameKeys(desk),
    place: (sentence) => showPlace(desk, sentence),
  };
  desk.parts = parts;
  renameKeys(desk);
  return parts;
}

const LIGHTS = () => ({
  saved: t('saved'), queued: t('saving …'), offline: t('offline: kept here'), conflict: t('changed elsewhere'),
  refused: t('not accepted'), 'signed-out': t('signed out: kept here'),
});

function showLight(light, state, detail) {
  const waiting = state === 'saved' && detail.left > 0;
  light.dataset.state = waiting ? 'queued' : state;
  light.textContent = waiting || (state === 'offline' && detail.left) ? `${LIGHTS()[waiting ? 'queued' : state]} (${detail.left})` : LIGHTS()[state];
}

function renameKeys(desk) {
  for (const button of desk.querySelectorAll('[data-key]')) {
    const cap = button.querySelector('kbd');
    cap.textContent = button.dataset.key ? desk.keyNames.name(button.dataset.key) : '';
    cap.hidden = !button.dataset.key;
  }
  if (desk.answer) refresh(desk);
}

function showPlace(desk, sentence) {
  const { document: place } = sentence;
  const line = (neighbour) => el('p', { dir: desk.direction, data: { kind: neighbour.kind } }, neighbour.text);
  desk.parts.placeLine.replaceChildren(...[place.outlet, place.file, place.published].filter(Boolean).map((text) => el('bdi', {}, text)));
  desk.parts.before.replaceChildren(...sentence.before.map(line));
  desk.parts.after.replaceChildren(...sentence.after.map(line));
  desk.parts.say('');
  if (desk.parts.main.getBoundingClientRect().top < 0) scrollTo({ top: 0 });
}

/** Redraw what follows the answer. The focus stays on the label that had it. */
export function refresh(desk) {
  const { parts, answer } = desk;
  if (!answer || !desk.sentence) return;
  const held = document.activeElement?.closest?.('.panel, .tab-line');
  const [layer, label] = [held?.dataset.layer, document.activeElement?.dataset?.label];
  const unit = ({ start, end, label: name }) => ({ start: desk.offsets.toUnit(start), end: desk.offsets.toUnit(end), label: name });
  const { speaker } = desk.statement;
  parts.text.draw(answer.entities.map(unit), speaker && speaker.start !== null ? [desk.offsets.toUnit(speaker.start), desk.offsets.toUnit(speaker.end)] : null);
  parts.tabs.replaceChildren(statementTabs(desk));
  parts.panels.replaceChildren(speakerPanel(desk, parts.picker), stancePanel(desk), claimPanel(desk), entityPanel(desk));
  parts.notes.replaceChildren(...noteLines(desk));
  if (layer && label) parts.panels.querySelector(`[data-layer="${layer}"] [data-label="${CSS.escape(label)}"]`)?.focus({ preventScroll: true });
  else if (held) parts.main.focus({ preventScroll: true });
}

function noteLines(desk) {
  const { flag, comment } = desk.answer;
  const spent = Math.round(desk.activity.total / 1000);
  return [
    flag ? el('span.note', {}, '⚑ ', el('bdi', {}, flag)) : null,
    comment ? el('span.note', {}, '✎ ', el('bdi', {}, comment)) : null,
    el('small', {}, tn('{count} second', '{count} seconds', spent), ' · ', tn('{count} action', '{count} actions', desk.activity.events)),
  ].filter(Boolean);
}

const ASKS = () => ({
  speaker: t('Who says it? Choose a speaker.'), attribution: t('How is it told: directly, indirectly, or both?'),
  stance: t('What is the stance toward the target?'), stance_target: t('Toward which target is the stance?'), claim_type: t('What type of claim is it?'),
});

function ask(desk, layer) {
  desk.parts.say(ASKS()[layer]);
  focusLayer(desk, { attribution: 'speaker', stance_target: 'stance' }[layer] ?? layer);
}

function focusLayer(desk, layer) {
  desk.parts.panels.querySelector(`[data-layer="${layer}"]`)?.focus();
}

function finished(desk, actions) {
  actions.hidden = true;
  desk.order.length = 0;
  desk.at = -1;
  desk.parts.main.replaceChildren(el('div.empty', {},
    el('h2', {}, t('Nothing is left to label.')), el('p', {}, t('Every sentence that is meant for you is done. New ones appear here when the lead imports more.')),
    el('p', {}, el('a.button', { href: '/' }, t('My projects')), ' ', el('button', { type: 'button', onclick: () => location.reload() }, t('Look again')))));
}
