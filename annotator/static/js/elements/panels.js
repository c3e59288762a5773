// The layers: one column each, one button and one key for each label.

import { ARTICLE } from '../lib/answer.js';
import { el } from '../lib/dom.js';
import { t } from '../lib/messages.js';

/** The visible name of a label in the interface's language. */
export function nameOf(label, language) {
  return label[language] ?? label.en;
}

function keyCap(desk, code) {
  return code ? el('kbd', { aria: { hidden: 'true' } }, desk.keyNames.name(code)) : null;
}

/** A row of labels of which one is on. */
function choices(desk, labels, chosen, onchoose, extra = {}) {
  return el('div.choices', { role: 'group' },
    ...labels.filter((label) => !label.retired || label.id === chosen).map((label) =>
      el('button.choice', {
        type: 'button', title: label[`def_${desk.language}`] || null, disabled: extra.disabled?.(label) ?? false,
        aria: { pressed: String(label.id === chosen) }, data: { label: label.id }, onclick: () => onchoose(label.id),
      }, keyCap(desk, label.key), el('span', {}, nameOf(label, desk.language)))));
}

function panel(desk, layer, title, ...content) {
  const open = desk.missing.some(([row, name]) => row === desk.row && (name === layer || name.startsWith(layer)));
  return el('section.panel', { data: { layer }, tabIndex: -1, aria: { label: title } },
    el('h2', {}, title, open && desk.told ? el('span.asks', {}, t('to answer')) : null), ...content);
}

/** Stance: a target, and a value toward it. */
export function stancePanel(desk) {
  const { stance } = desk.statement;
  const layer = desk.scheme.layers.stance;
  return panel(desk, 'stance', nameOf(layer, desk.language),
    el('h3', {}, t('toward what')), choices(desk, layer.targets, stance.target, (id) => desk.setTarget(id)),
    el('h3', {}, t('the stance')), choices(desk, layer.values, stance.value, (id) => desk.setStance(id)));
}

export function claimPanel(desk) {
  const layer = desk.scheme.layers.claim_type;
  return panel(desk, 'claim_type', nameOf(layer, desk.language),
    choices(desk, layer.labels, desk.statement.claim_type, (id) => desk.setClaimType(id)));
}

/** Who says it, and how it is attributed. */
export function speakerPanel(desk, picker) {
  const layer = desk.scheme.layers.speaker;
  const { speaker, attribution } = desk.statement;
  return panel(desk, 'speaker', nameOf(layer, desk.language),
    speaker ? chosenSpeaker(desk, speaker) : null,
    picker.element,
    el('div.choices', { role: 'group' },
      ...layer.reserved.map((label) => el('button.choice', {
        type: 'button', aria: { pressed: String(speaker?.id === label.id) }, data: { label: label.id },
        onclick: () => desk.setSpeaker(desk.entry(label.id)),
      }, keyCap(desk, label.key), el('span', {}, nameOf(label, desk.language)))),
      desk.previousSpeaker ? el('button.choice', { type: 'button', onclick: () => desk.setSpeaker(desk.previousSpeaker) },
        keyCap(desk, 'KeyN'), el('span', {}, t('as before: {name}', { name: desk.previousSpeaker.canonical }))) : null),
    el('h3', {}, t('how it is told')),
    choices(desk, layer.attribution, attribution, (id) => desk.setAttribution(id),
      { disabled: (label) => (label.id === 'none') !== (speaker?.id === ARTICLE) && (label.id === 'none' || speaker?.id === ARTICLE) }));
}

function chosenSpeaker(desk, speaker) {
  return el('p.chosen', {},
    el('bdi', {}, speaker.canonical),
    speaker.text ? el('span.words', {}, '«', el('bdi', {}, speaker.text), '»',
      el('button.small', { type: 'button', aria: { label: t('take the mark off these words') }, onclick: () => desk.setSurface(null) }, '×')) : null,
    desk.range && speaker.id !== ARTICLE ? el('button.small', { type: 'button', onclick: () => desk.setSurface(desk.range) }, t('the selected words name the speaker')) : null,
    el('button.small', { type: 'button', aria: { label: t('take the speaker away') }, onclick: () => desk.setSpeaker(null) }, '×'));
}

/** Entities: what is marked, what may be marked, and the labels for what is selected. */
export function entityPanel(desk) {
  const layer = desk.scheme.layers.entities;
  const names = Object.fromEntries(layer.labels.map((label) => [label.id, nameOf(label, desk.language)]));
  const marked = desk.answer.entities.map((entity) => el('li', {},
    el('button.chip', { type: 'button', data: { entity: entity.label }, aria: { pressed: String(desk.isPicked(entity)) }, onclick: () => desk.pickEntity(entity) },
      el('bdi', {}, entity.text), el('small', {}, names[entity.label] ?? entity.label)),
    el('button.small', { type: 'button', aria: { label: t('remove {text}', { text: entity.text }) }, onclick: () => desk.removeEntity(entity) }, '×')));
  const offered = desk.suggestions.map((entity) => el('li', {},
    el('button.chip.offered', { type: 'button', data: { entity: entity.label }, onclick: () => desk.acceptSuggestions([entity]) },
      '+ ', el('bdi', {}, entity.text), el('small', {}, names[entity.label] ?? entity.label))));
  return panel(desk, 'entities', nameOf(layer, desk.language),
    el('p.hint-line', {}, desk.range ? t('What is “{text}”?', { text: desk.selectedText }) : t('Select words in the sentence: click, drag, or Space and arrows.')),
    el('div.choices', { role: 'group' }, ...layer.labels.filter((label) => !label.retired).map((label) =>
      el('button.choice', { type: 'button', disabled: !desk.range, data: { label: label.id, entity: label.id }, title: label[`def_${desk.language}`] || null,
        onclick: () => desk.markEntity(label.id) }, keyCap(desk, label.key), el('span.swatch', {}, names[label.id])))),
    marked.length ? el('ul.chips', { aria: { label: t('marked') } }, ...marked) : null,
    offered.length ? el('div.offers', {},
      el('h3', {}, t('seen before'), el('button.small', { type: 'button', onclick: () => desk.acceptSuggestions(desk.suggestions) }, t('take all'), keyCap(desk, 'Period'))),
      el('ul.chips', {}, ...offered)) : null);
}

/** The statements of the sentence: the primary one, further ones, and a way to add one. */
export function statementTabs(desk) {
  const tabs = desk.answer.statements.map((_, n) => el('button.tab', { type: 'button', role: 'tab', aria: { selected: String(n === desk.row) }, onclick: () => desk.setRow(n) },
    n === 0 ? t('Main statement') : t('Statement {n}', { n: n + 1 })));
  return el('div.tabs', { role: 'tablist' }, ...tabs,
    desk.row > 0 ? el('button.small', { type: 'button', onclick: () => desk.removeRow() }, t('remove this statement')) : null,
    el('button.small', { type: 'button', onclick: () => desk.addRow() }, '+ ', t('another statement'), ' ', keyCap(desk, 'KeyJ')));
}
