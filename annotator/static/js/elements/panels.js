// The layers: one column each, one button and one key for each label.

import { ARTICLE, remarkOn } from '../lib/answer.js';
import { el } from '../lib/dom.js';
import { t, tn } from '../lib/messages.js';
import { fold } from '../lib/names.js';

/** The visible name of a label in the interface's language. */
export function nameOf(label, language) {
  return label[language] ?? label.en ?? label.id;
}

const SPREAD_LINES = 3;
const AROUND = 18; // code points shown on each side

function keyCap(desk, codes) {
  return codes ? el('kbd', { aria: { hidden: 'true' } }, desk.keyNames.chord(codes)) : null;
}

function small(text, act, label) {
  return el('button.small', { type: 'button', onclick: act, title: label, aria: { label } }, text);
}

/** A label to choose. */
function choice(desk, label, chosen, act, disabled = false) {
  return el('button.choice', {
    type: 'button', title: label[`def_${desk.language}`] || null, disabled,
    aria: { pressed: String(chosen) }, data: { label: label.id }, onclick: act,
  }, el('span', {}, nameOf(label, desk.language)), keyCap(desk, label.key));
}

/** A group of labels of which one is on; a retired one is shown only where an old answer has it. */
function choices(desk, title, labels, chosen, onchoose, { disabled = () => false, kind = '' } = {}) {
  const shown = labels.filter((label) => !label.retired || label.id === chosen);
  const group = el(`div.choices${kind}`, { role: 'group', aria: { label: title } },
    ...shown.map((label) => choice(desk, label, label.id === chosen, () => onchoose(label.id), disabled(label))));
  return shown.length > 7 && shown.some((label) => !label.key) ? el('div', {}, finder(desk, title, shown, onchoose), group) : group;
}

/** Type-ahead for more labels than there are keys: Enter takes the first that is left. */
function finder(desk, title, labels, onchoose) {
  const fits = (label, typed) => [label.ar, label.en, label.id].some((name) => name && fold(name).includes(fold(typed)));
  return el('input.finder', {
    type: 'search', dir: 'auto', placeholder: title, aria: { label: title },
    oninput: ({ target }) => labels.forEach((label, n) => (target.nextSibling.children[n].hidden = !fits(label, target.value))),
    onkeydown: (event) => {
      if (event.key === 'Escape') desk.focusBack();
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      const first = labels.find((label) => fits(label, event.target.value));
      desk.focusBack();
      if (first) onchoose(first.id);
    },
  });
}

function panel(desk, layer, title, ...content) {
  const parts = { speaker: ['speaker', 'attribution'], stance: ['stance', 'stance_target'], claim_type: ['claim_type'] }[layer] ?? [];
  const open = desk.missing.some(([row, name]) => row === desk.row && parts.includes(name));
  return el('section.panel', { data: { layer, open: String(open) }, tabIndex: -1, aria: { label: title } },
    el('h2', {}, title, open && desk.told ? el('span.asks', {}, t('to answer')) : null), ...content);
}

/** Who says it, and how it is attributed. */
export function speakerPanel(desk, picker) {
  const layer = desk.scheme.layers.speaker;
  const { speaker, attribution } = desk.statement;
  const reserved = layer.reserved.map((label) => choice(desk, label, speaker?.id === label.id, () => desk.setSpeaker(desk.entry(label.id))));
  picker.cap.textContent = desk.keys.speakers ? desk.keyNames.chord(desk.keys.speakers) : '';
  return panel(desk, 'speaker', nameOf(layer, desk.language),
    chosenSpeaker(desk, speaker), picker.placed(), offers(desk, speaker),
    el('div.choices.reserved', { role: 'group', aria: { label: t('no named speaker') } }, ...reserved),
    el('h3', {}, t('how it is told')),
    choices(desk, t('how it is told'), layer.attribution.filter(({ id }) => id !== 'none'), attribution, (id) => desk.setAttribution(id), { disabled: () => speaker?.id === ARTICLE }));
}

function chosenSpeaker(desk, speaker) {
  if (!speaker) return el('p.chosen.none', {}, t('nobody chosen yet'));
  return el('p.chosen', {}, el('bdi.name', {}, nameOfSpeaker(desk, speaker)), small('×', () => desk.clearSpeaker(), t('take the speaker away')),
    speaker.id === ARTICLE ? null : el('button.small', { type: 'button', onclick: () => desk.aside('speaker') }, t('other sentences'), keyCap(desk, desk.keys.speaker_sentences)),
    speaker.text ? el('span.words', {}, el('bdi', {}, speaker.text), small('×', () => desk.setSurface(null), t('these words do not name the speaker'))) : null);
}

function nameOfSpeaker(desk, speaker) {
  const reserved = desk.scheme.layers.speaker.reserved.find(({ id }) => id === speaker.id);
  return reserved ? nameOf(reserved, desk.language) : speaker.canonical;
}

/** Names found in the sentence or before it: to take, never taken by itself. */
function offers(desk, speaker) {
  const keys = [desk.keys.first_name, desk.keys.second_name, desk.keys.third_name];
  const chosen = (offer) => (offer.words ? speaker?.start === offer.start && speaker.end === offer.end : speaker?.id === offer.entry.id);
  const shown = desk.speakerOffers.map((offer, n) => el('button.choice.offered', {
    type: 'button', aria: { pressed: String(chosen(offer)) }, data: { label: `offer-${n}` }, onclick: () => desk.takeCandidate(n),
  }, el('bdi', {}, offer.entry.canonical), offer.words ? el('small', {}, t('new')) : null, keyCap(desk, desk.previousSpeaker?.id === offer.entry.id && offer.start === null ? desk.keys.same_speaker : keys[n])));
  return el('div.choices.offers', { role: 'group', aria: { label: t('named in the text') } }, ...shown);
}

/** Stance: a target, and a value toward it. */
export function stancePanel(desk) {
  const { stance } = desk.statement;
  const layer = desk.scheme.layers.stance;
  const { targets, values } = layer;
  return panel(desk, 'stance', nameOf(layer, desk.language),
    el('h3', {}, t('toward what')), choices(desk, t('toward what'), targets, stance.target, (id) => desk.setTarget(id)),
    el('h3', {}, t('which stance')), choices(desk, t('which stance'), values, stance.value, (id) => desk.setStance(id), { kind: '.values' }));
}

export function claimPanel(desk) {
  const layer = desk.scheme.layers.claim_type;
  const name = nameOf(layer, desk.language);
  return panel(desk, 'claim_type', name, choices(desk, name, layer.labels, desk.statement.claim_type, (id) => desk.setClaimType(id)),
    el('button.choice.quiet', { type: 'button', data: { label: 'no-claim-line' }, onclick: () => desk.setNoClaim() }, t('article’s voice, no claim'), keyCap(desk, desk.keys.no_claim_line)));
}

function howToSelect(desk) {
  if (matchMedia('(pointer: coarse)').matches) return el('p.hint-line', {}, t('Tap a word to mark it; tap a second one to take in all between.'));
  return el('p.hint-line', {}, t('Select words: click or drag,'), ' ', keyCap(desk, desk.keys.cursor), ' ', t('word by word,'), ' ', keyCap(desk, desk.keys.hints), ' ', t('by letters'));
}

/** Under the sentence: what the selected words may be. Its buttons are always there, unseen, so that nothing moves when they come. */
export function palette(desk) {
  const layer = desk.scheme.layers.entities;
  const { span, pickedEntity } = desk;
  return [
    howToSelect(desk),
    el('div.choices', { role: 'group', data: { open: String(Boolean(span)) }, aria: { label: span ? t('What is “{text}”?', { text: span.text }) : nameOf(layer, desk.language) } },
      ...layer.labels.filter((label) => !label.retired).map((label) => el('button.choice', {
        type: 'button', title: label[`def_${desk.language}`] || null, data: { label: label.id, entity: label.id },
        aria: { pressed: String(pickedEntity?.label === label.id) }, onclick: () => desk.markEntity(label.id),
      }, el('span.swatch', {}, nameOf(label, desk.language)), keyCap(desk, label.key))),
      el('button.choice.quiet', { type: 'button', data: { label: 'speaker-words' }, onclick: () => (desk.statement.speaker ? desk.setSurface(desk.span) : desk.parts.picker.open(desk.span.text)) },
        t('the speaker'), keyCap(desk, desk.keys.speakers)),
      el('button.choice.quiet', { type: 'button', data: { label: 'remark' }, onclick: () => desk.remark() }, t('comment'), keyCap(desk, desk.keys.comment)),
      el('button.choice.quiet', { type: 'button', disabled: !pickedEntity, data: { label: 'remove-mark' }, onclick: () => desk.removeEntity(desk.pickedEntity) }, t('remove'), keyCap(desk, desk.keys.remove_mark))),
  ];
}

/** Entities: what is marked, and what was marked before in other sentences. */
export function entityPanel(desk) {
  const layer = desk.scheme.layers.entities;
  const offered = desk.entityOffers.map((entity) => el('li', { data: { at: placeOf(entity) } }, chip(desk, entity, '.offered', () => desk.takeEntities([entity]))));
  return panel(desk, 'entities', nameOf(layer, desk.language),
    el('ul.chips', { data: { at: 'marked', kept: '' }, aria: { label: t('marked') } }), desk.answer.entities.length ? null : el('p.hint-line', {}, t('none marked')),
    offered.length ? el('h3', {}, t('marked before'), el('button.small', { type: 'button', onclick: () => desk.takeEntities(desk.entityOffers) }, t('take all'), keyCap(desk, desk.keys.all_offers))) : null,
    offered.length ? el('ul.chips.offers', {}, ...offered) : null, el('div.elsewhere', { data: { at: 'elsewhere', kept: '' } }));
}

/** The marked entities. A chip is made once for its entity and comment, so that one mark more costs one chip. */
entityPanel.marked = (desk) => desk.answer.entities.map((entity) => {
  const comment = remarkOn(desk.answer, entity);
  const known = chips.get(entity);
  if (known?.comment === comment) return known.line;
  const told = comment ? el('span.remark', { title: comment }, el('span', { aria: { hidden: 'true' } }, '✎ '), el('span.out-of-sight', {}, t('Comment'), ': '), el('bdi', {}, comment)) : null;
  const line = el('li', { data: { picked: 'false', at: placeOf(entity) } },
    chip(desk, entity, '', () => desk.pickEntity(entity), told), small('×', () => desk.removeEntity(entity), t('remove {text}', { text: entity.text })));
  chips.set(entity, { comment, line });
  return line;
});

const chips = new WeakMap(); // entity → {comment, line}

function chip(desk, entity, kind, act, told = null) {
  const label = desk.scheme.layers.entities.labels.find(({ id }) => id === entity.label);
  return el(`button.chip${kind}`, { type: 'button', data: { entity: entity.label }, onclick: act },
    el('bdi', {}, entity.text), el('small', {}, label ? nameOf(label, desk.language) : entity.label), told);
}

function placeOf({ start, end, label }) {
  return `${start}-${end}-${label}`;
}

/** Which chip is picked changes with every step of the word cursor: only the two chips that it concerns follow. */
entityPanel.pick = (desk, part) => {
  const lines = part.querySelector('.chips')?.children ?? [];
  const to = desk.pickedEntity ? lines[desk.answer.entities.indexOf(desk.pickedEntity)] : null;
  const from = part.querySelector('[data-picked=true]');
  if (from === to) return;
  if (from) from.dataset.picked = 'false';
  if (to) to.dataset.picked = 'true';
};

/** The same words elsewhere in the document, before they are marked there too. */
export function spread(desk) {
  const { entity, places } = desk.spread ?? { places: [] };
  if (!places.length) return [];
  const count = places.reduce((sum, { spans }) => sum + spans.length, 0);
  const lines = places.slice(0, SPREAD_LINES).map(({ text, spans: [{ start, end }] }) => {
    const points = [...text];
    return el('li', { dir: desk.direction }, start > AROUND ? '…' : '', points.slice(Math.max(0, start - AROUND), start).join(''),
      el('strong', {}, points.slice(start, end).join('')), points.slice(end, end + AROUND).join(''), end + AROUND < points.length ? '…' : '');
  });
  const rest = places.length - lines.length;
  return [el('div.spread', {}, el('h3', {}, t('elsewhere in this document'),
    el('button.small', { type: 'button', data: { label: 'elsewhere' }, title: t('Mark “{text}” there too', { text: entity.text }), onclick: () => desk.takeElsewhere() },
      t('mark in {count}', { count }), keyCap(desk, desk.keys.elsewhere))),
  el('ul', {}, ...lines, rest > 0 ? el('li', {}, tn('and {count} more sentence', 'and {count} more sentences', rest)) : null))];
}

/** The statements of the sentence: the primary one, further ones, and a way to add one. */
export function statementTabs(desk) {
  const many = desk.answer.statements.length > 1;
  const tabs = desk.answer.statements.map((_, n) => el('button.tab', { type: 'button', data: { label: `row-${n}` }, aria: { pressed: String(n === desk.row) }, onclick: () => desk.showRow(n) },
    n === 0 ? t('Main statement') : t('Statement {n}', { n: n + 1 })));
  return el('div.tabs', { role: 'group', aria: { label: t('Statements') } }, ...(many ? tabs : []),
    many ? null : el('h2', {}, t('Statement')),
    desk.row > 0 ? small(t('remove'), () => desk.removeRow(), t('remove this statement')) : null,
    el('button.small', { type: 'button', data: { label: 'add-row' }, onclick: () => desk.addRow() }, t('another statement'), keyCap(desk, desk.keys.add_statement)));
}
