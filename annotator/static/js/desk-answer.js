// The answer on the desk: every way in which it changes, and what may be offered for it.

import * as answers from './lib/answer.js';
import { Phrases, fold, entityCandidates, nearest, speakerCandidates } from './lib/names.js';
import { t } from './lib/messages.js';

const OFFERED_ENTITIES = 12;

export class AnswerDesk extends HTMLElement {
  #named = { of: null, phrases: null, count: 0 };

  // --- what there is -----------------------------------------------------------------------------

  get statement() {
    return this.answer.statements[this.row];
  }

  /** What is still to be answered, as [row, layer] pairs. */
  get missing() {
    return answers.missing(this.answer);
  }

  entry(id) {
    return this.entries.find((entry) => entry.id === id) ?? null;
  }

  /** The ids that name nobody: they have buttons of their own and are never offered. */
  get reserved() {
    return this.scheme.layers.speaker.reserved.map(({ id }) => id);
  }

  /** Says of an entry whether it may be chosen here. */
  get offered() {
    const { reserved } = this;
    const here = this.sentence.document.id;
    return (entry) => !reserved.includes(entry.id) && (entry.scope !== 'document' || entry.document === here);
  }

  get offeredEntries() {
    return this.entries.filter(this.offered);
  }

  /** The names of all speakers, to be found in texts. A project has thousands: only those that came since are added. */
  get #names() {
    if (this.#named.of !== this.entries) this.#named = { of: this.entries, phrases: new Phrases(), count: 0 };
    const { phrases, count } = this.#named;
    for (const entry of this.entries.slice(count)) for (const name of entry.folded) phrases.add(name, entry);
    this.#named.count = this.entries.length;
    return phrases;
  }

  /** What is selected or picked, as a span in code points; null for nothing. */
  get span() {
    const { chosen } = this.parts.text;
    return chosen ? this.offsets.span(chosen) : null;
  }

  /** The marked entity that is picked, or that the selection covers exactly. */
  get pickedEntity() {
    const { span } = this;
    return span ? this.answer.entities.find(({ start, end }) => start === span.start && end === span.end) ?? null : null;
  }

  /** Candidates for the speaker and for entities, shown and never filled in. */
  offer() {
    this.speakerWords = null; // offered words for which a speaker is being chosen
    this.speakerOffers = speakerCandidates(this.sentence, this.#names, this.offered, this.previousSpeaker, this.offsets);
    this.offerEntities();
  }

  offerEntities() {
    const { text } = this.sentence;
    this.entityOffers = entityCandidates(text, this.phrases, this.answer.entities, this.offsets).slice(0, OFFERED_ENTITIES);
    for (const { start, end, label } of this.entityOffers) this.shown.add(`${start}-${end}-${label}`);
  }

  // --- the one way in which it changes -----------------------------------------------------------

  apply(answer, layer, others = []) {
    if (!answer) return this.parts.say(t('This would cross another mark.'));
    this.parts.say(''); // what was said of the step before
    this.activity.touch(layer, false);
    this.layer = layer;
    this.history.add({ id: this.sentence.id, before: this.answer, after: answer, others });
    this.answer = answer;
    this.offerEntities();
    this.keepDraft();
    return this.refresh();
  }

  // --- statements --------------------------------------------------------------------------------

  /** With words selected, they are the words that name the speaker. */
  setSpeaker(entry) {
    if (!entry) return;
    const words = this.parts.text.selection && entry.id !== answers.ARTICLE ? this.span : undefined;
    if (words) this.parts.text.drop();
    if (words && this.speakerWords?.start === words.start && this.speakerWords.end === words.end) this.#noteTaken(entry, words);
    this.speakerWords = null;
    this.#use(entry, words);
  }

  takeCandidate(n) {
    const offer = this.speakerOffers[n];
    if (!offer) return;
    if (offer.words) return this.#takeWords(offer);
    this.#noteTaken(offer.entry, offer);
    this.#use(offer.entry, offer.start === null ? undefined : offer);
  }

  /** Words that name somebody who is not known yet: they stay with whoever is chosen for them, or made. */
  #takeWords(offer) {
    this.parts.text.clear();
    this.parts.text.select(this.offsets.stretch(offer));
    this.speakerWords = offer;
    this.dialog('newSpeaker', offer.text, nearest(this.offeredEntries, offer.text));
  }

  #noteTaken({ id }, { start, end }) {
    this.taken.push({ layer: 'speaker', row: this.row, id, start, end });
  }

  #use(entry, words) {
    this.parts.picker.used(entry.id);
    this.apply(answers.setSpeaker(this.answer, this.row, entry, words), 'speaker');
  }

  clearSpeaker() {
    this.apply(answers.setSpeaker(this.answer, this.row, null), 'speaker');
  }

  setSurface(span) {
    this.parts.text.drop();
    this.apply(answers.setSurface(this.answer, this.row, span), 'speaker');
  }

  setAttribution(id) {
    const changed = answers.setAttribution(this.answer, this.row, id);
    if (changed === this.answer) this.parts.say(t('The article’s own voice has no attribution: choose a speaker first.'));
    else this.apply(changed, 'speaker');
  }

  setTarget(id) {
    this.apply(answers.setTarget(this.answer, this.row, id), 'stance');
  }

  setStance(id) {
    this.apply(answers.setStance(this.answer, this.row, id), 'stance');
  }

  setClaimType(id) {
    this.apply(answers.setClaimType(this.answer, this.row, id), 'claim_type');
  }

  setNoClaim() {
    this.apply(answers.setNoClaim(this.answer, this.row, this.entry(answers.ARTICLE)), 'claim_type');
  }

  setNote(name, text) {
    this.apply({ ...this.answer, [name]: text }, 'note');
  }

  /** Comment on the words that are chosen, else on the sentence. */
  remark() {
    const { span } = this;
    return span ? this.dialog('remark', span, answers.remarkOn(this.answer, span)) : this.dialog('comment');
  }

  setRemark(span, text) {
    this.apply(answers.remark(this.answer, span, text), 'note');
  }

  showRow(row) {
    this.row = (row + this.answer.statements.length) % this.answer.statements.length;
    this.refresh();
    if (this.answer.statements.length > 1) this.parts.say(t('Statement {n}', { n: this.row + 1 }));
  }

  addRow() {
    this.row = this.answer.statements.length;
    this.apply(answers.addStatement(this.answer), 'speaker');
    this.parts.say(t('Statement {n}', { n: this.row + 1 }));
  }

  removeRow() {
    if (this.row === 0) return;
    const { row } = this;
    this.row = row - 1;
    this.apply(answers.removeStatement(this.answer, row), 'speaker');
  }

  // --- entities ----------------------------------------------------------------------------------

  markEntity(label) {
    const { span } = this;
    if (!span) return;
    const entity = { ...span, label };
    const marked = answers.mark(this.answer, entity);
    if (!marked) return this.parts.say(t('This would cross another mark.'));
    this.lastMark = span;
    this.offerElsewhere(entity);
    this.parts.text.drop();
    this.apply(marked, 'entities');
  }

  removeEntity(entity) {
    this.parts.text.drop();
    this.apply(answers.unmark(this.answer, entity), 'entities');
  }

  /** The picked mark, or else the one made last. */
  removeMark() {
    const last = this.answer.entities.find(({ start, end }) => start === this.lastMark?.start && end === this.lastMark?.end);
    const entity = this.pickedEntity ?? (this.span ? null : last);
    const { speaker } = this.statement;
    if (entity) this.removeEntity(entity);
    else if (this.span && speaker?.start === this.span.start && speaker.end === this.span.end) this.setSurface(null);
    else this.parts.text.clear();
  }

  pickEntity(entity) {
    this.parts.text.pick(this.offsets.stretch(entity));
  }

  /** A picked or last made mark gets other bounds; a bare selection just changes. */
  resize(by, step, side) {
    const { text } = this.parts;
    const entity = this.pickedEntity ?? (this.span ? null : this.answer.entities.find(({ start, end }) => start === this.lastMark?.start && end === this.lastMark?.end));
    const stretch = text.chosen ?? (entity ? this.offsets.stretch(entity) : null);
    if (!stretch) return;
    const moved = text.resized(stretch, by, step, side);
    if (!entity) return text.select(moved);
    const span = this.offsets.span(moved);
    const answer = answers.resize(this.answer, entity, span);
    this.apply(answer, 'entities');
    if (!answer) return undefined;
    this.lastMark = span;
    return text.chosen ? text.pick(moved) : undefined;
  }

  takeEntities(offers) {
    let { answer } = this;
    for (const entity of offers) answer = answers.mark(answer, entity) ?? answer;
    this.taken.push(...offers.map(({ start, end, label }) => ({ layer: 'entities', start, end, label })));
    if (offers.length === 1) this.offerElsewhere(offers[0]);
    this.apply(answer, 'entities');
  }

  /** Keep in mind what was marked, to offer it where the same words come again. */
  remember(entities) {
    for (const { text, label } of entities) {
      this.marks.set(fold(text), label);
      this.phrases.add(fold(text), label);
    }
  }

  /** An entry that this answer brings along; the server makes it with the save. */
  newEntry(canonical, kind) {
    const scope = kind === 'unnamed' ? 'document' : 'project';
    const entry = withFolded({ id: `s-${crypto.randomUUID().slice(0, 18)}`, canonical, kind, scope, document: this.sentence.document.id, aliases: [] });
    entry.fresh = true;
    this.entries.push(entry);
    return entry;
  }
}

export function withFolded(entry) {
  return { ...entry, folded: [...new Set([entry.canonical, entry.en, ...entry.aliases].filter(Boolean).map(fold))] };
}
