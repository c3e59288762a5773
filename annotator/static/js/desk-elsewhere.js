// The same words elsewhere: what was marked in one sentence is offered in the others of the document that are the
// person's own, answered before or still to come. One key takes all of it, and one undo takes all of it back.

import * as answers from './lib/answer.js';
import { Problem, ask, askAll } from './lib/api.js';
import { t, tn } from './lib/messages.js';
import { Offsets } from './lib/offsets.js';
import { elsewhere, outcomes } from './lib/suggestions.js';
import { KeepingDesk } from './desk-keeping.js';

const MOST = 50; // sentences fetched for it

export class ElsewhereDesk extends KeepingDesk {
  /** A sentence of this project: another one has other labels. */
  async fetched(id) {
    const sentence = await ask('GET', `/api/v1/sentences/${id}`);
    if (String(sentence.project) !== this.project) throw new Problem(404);
    return sentence;
  }

  /** What stands for the answer to a sentence now. */
  answerTo(sentence) {
    if (sentence.id === this.sentence?.id) return this.answer;
    const { draft } = sentence;
    return (draft?.base === this.versions.get(sentence.id) ? draft.answer : null) ?? sentence.edited ?? answers.answerOf(sentence.annotation);
  }

  /** Whom the person named last before this place of the document. */
  get previousSpeaker() {
    const before = [...this.sentences.values()].filter(
      (other) => other.document.id === this.sentence.document.id && other.position < this.sentence.position,
    );
    for (const other of before.sort((a, b) => b.position - a.position)) {
      const { speaker } = (other.edited ?? answers.answerOf(other.annotation)).statements[0];
      if (speaker && !this.reserved.includes(speaker.id)) return this.entry(speaker.id);
    }
    return this.sentence.previous_speaker ? this.entry(this.sentence.previous_speaker.id) : null;
  }

  /** That one again: an offer that was taken, like any other. */
  takePrevious() {
    const { previousSpeaker: entry } = this;
    if (!entry) return;
    this.taken.push({ layer: 'speaker', row: this.row, id: entry.id, start: null, end: null });
    this.setSpeaker(entry);
  }

  /** Look where else the words of an entity stand: `spread` is {entity, places: [{id, text, spans}]}, or null. */
  lookElsewhere(entity) {
    const here = this.sentence;
    const places = [...this.sentences.values()]
      .filter((other) => other.document.id === here.document.id && other.prepared && other.annotation?.state !== 'skipped')
      .map((other) => ({ id: other.id, text: other.text, position: other.position,
        spans: other.id === here.id ? elsewhere(entity, here.text, [...this.answer.entities, entity], this.offsets) : elsewhere(entity, other.text, this.answerTo(other).entities, new Offsets(other.text)) }))
      .filter(({ spans }) => spans.length)
      .sort((a, b) => a.position - b.position);
    this.spread = places.length ? { entity, places } : null;
  }

  /** The same, with one's own answers in this document that this page has not seen yet. */
  async lookFurther(entity) {
    const { id, document: { id: document } } = this.sentence;
    this.unitsOf ??= new Map();
    if (!this.unitsOf.has(document)) this.unitsOf.set(document, (await askAll(`/api/v1/documents/${document}`, 'sentences')).sentences);
    const unseen = this.unitsOf.get(document).filter(
      (unit) => ['submitted', 'draft'].includes(unit.mine) && !this.sentences.has(unit.id) && elsewhere(entity, unit.text, [], new Offsets(unit.text)).length,
    );
    for (const unit of unseen.slice(0, MOST)) {
      const sentence = await ask('GET', `/api/v1/sentences/${unit.id}`);
      await this.prepare(sentence);
      if (!this.sentences.has(sentence.id)) {
        this.versions.set(sentence.id, sentence.version);
        this.sentences.set(sentence.id, sentence);
      }
    }
    if (!unseen.length || this.sentence?.id !== id || this.spread?.entity !== entity) return;
    this.lookElsewhere(entity);
    this.refresh();
  }

  /** After a mark was made or picked: offer its words elsewhere. */
  offerElsewhere(entity) {
    this.lookElsewhere(entity);
    this.spread ??= { entity, places: [] };
    this.lookFurther(entity).catch(() => {}); // without a network: what this page has
  }

  /** Mark the words everywhere that was offered. */
  async takeElsewhere() {
    const { entity, places } = this.spread ?? { places: [] };
    if (!places.length) return this.parts.say(t('Mark something first: then the same words can be marked elsewhere.'));
    const from = this.sentence.id;
    let here = this.answer;
    let count = 0;
    const others = [];
    for (const { id, spans } of places) {
      const sentence = this.sentences.get(id);
      const before = id === from ? here : this.answerTo(sentence);
      const after = spans.reduce((answer, span) => answers.mark(answer, span) ?? answer, before);
      const taken = spans.map(({ start, end, label }) => ({ layer: 'entities', start, end, label, propagated_from: this.sentence.uid }));
      count += after.entities.length - before.entities.length;
      if (id === from) {
        this.taken.push(...taken);
        here = after;
      } else {
        others.push({ id, before, after, taken });
      }
    }
    this.spread = null;
    this.apply(here, 'entities', others); // before anything waits: the next key must find it
    const kept = others.map((step) => this.keepOther(step.id, step.after, step.taken));
    this.parts.say(tn('Marked in {count} more place. Ctrl+Z takes it back.', 'Marked in {count} more places. Ctrl+Z takes all of them back.', count));
    return Promise.all(kept);
  }

  /** Keep the answer to a sentence that is not on the screen: a stored one as its next version, another as a draft. */
  async keepOther(id, answer, taken = []) {
    const sentence = this.sentences.get(id);
    const stands = sentence.annotation;
    const known = [...(sentence.draft?.taken ?? stands?.provenance?.taken ?? []), ...taken];
    if (stands) {
      const { skip_reason, active_ms } = stands;
      const state = stands.state === 'submitted' && answers.missing(answer).length ? 'draft' : stands.state;
      const { flag, comment } = answer;
      const { span_comments, ...told } = stands.provenance ?? {};
      const provenance = { ...told, taken: outcomes(known, answer), ...answers.spanComments(answer) };
      await this.put(sentence, answer, { labels: answers.labelsOf(answer), state, flag, comment, skip_reason, active_ms, provenance, speakers: this.freshIn(answer) });
      return;
    }
    await this.putDraft(sentence, answer, known);
  }

  /** Show more of the document around the sentence. */
  async widen(side) {
    const { id } = this.sentence;
    const { sentences } = await askAll(`/api/v1/documents/${this.sentence.document.id}`, 'sentences').catch(() => ({ sentences: null }));
    if (this.sentence?.id !== id) return;
    if (!sentences) {
      this.parts.say(t('This could not be loaded. Is there a network?'));
      return;
    }
    this.around[side] += 3;
    const at = sentences.findIndex((unit) => unit.id === id);
    this.parts.neighbours(sentences.slice(Math.max(0, at - this.around.before), at), sentences.slice(at + 1, at + 1 + this.around.after));
    this.parts.stage.dataset.wide = '';
  }
}
