// The labelling screen: one sentence at a time, saved behind the annotator's back, nothing ever lost.

import * as answers from './lib/answer.js';
import { Activity } from './lib/activity.js';
import { ask } from './lib/api.js';
import { fold } from './lib/fold.js';
import { History } from './lib/history.js';
import { KeyNames } from './lib/keys.js';
import { loadMessages, t } from './lib/messages.js';
import { Offsets } from './lib/offsets.js';
import { Outbox, inStore, openStore } from './lib/outbox.js';
import { bindKeys } from './desk-keys.js';
import { entriesIn, remember, suggest } from './desk-suggestions.js';
import { frame, refresh } from './desk-view.js';
import { Dialogs } from './elements/dialogs.js';
import { sheetFor } from './paint.js';

const AHEAD = 3; // sentences fetched before they are needed

class LabelDesk extends HTMLElement {
  async connectedCallback() {
    ({ project: this.project, language: this.language, direction: this.direction, person: this.person } = this.dataset);
    this.sentences = new Map(); // id → sentence as the server gave it
    this.order = []; // ids in the order of this sitting
    this.at = -1;
    this.history = new History();
    this.activity = new Activity();
    this.seenEntities = new Map(); // folded text → {text, label}
    this.versions = new Map(); // id → version that the server holds
    const [scheme, registry, , db] = await Promise.all([
      ask('GET', this.dataset.schemeUrl), ask('GET', `/api/v1/projects/${this.project}/registry`),
      loadMessages(this.dataset.messagesUrl, this.language), openStore(), new KeyNames(this.language).learn().then((names) => (this.keyNames = names)),
    ]);
    this.scheme = scheme;
    this.db = db;
    this.entries = registry.entries.map(withFolded);
    document.adoptedStyleSheets.push(sheetFor(scheme.layers.entities.labels));
    this.outbox = new Outbox(db, this.person, (save) => this.#send(save), (state, detail) => this.#onOutbox(state, detail));
    this.parts = frame(this);
    this.dialogs = new Dialogs(this);
    bindKeys(this);
    await this.#begin();
  }

  // --- where we are ------------------------------------------------------------------------------

  get sentence() {
    return this.sentences.get(this.order[this.at]);
  }

  get statement() {
    return this.answer.statements[this.row];
  }

  entry(id) {
    return this.entries.find((entry) => entry.id === id) ?? { id, canonical: id, kind: '', aliases: [], folded: [] };
  }

  get missing() {
    return answers.missing(this.answer);
  }

  /** The selected stretch or the picked entity in code points, with its text; null for none. */
  get range() {
    const range = this.parts.text.selection ?? this.parts.text.picked;
    if (!range) return null;
    const [start, end] = range.map((unit) => this.offsets.toPoint(unit));
    return { start, end, text: this.offsets.slice(start, end) };
  }

  get selectedText() {
    return this.range?.text ?? '';
  }

  get suggestions() {
    return suggest(this);
  }

  isPicked({ start, end }) {
    const picked = this.parts.text.picked;
    return Boolean(picked) && this.offsets.toPoint(picked[0]) === start && this.offsets.toPoint(picked[1]) === end;
  }

  // --- going -------------------------------------------------------------------------------------

  async #begin() {
    const wanted = Number(new URLSearchParams(location.search).get('sentence'));
    this.outbox.flush();
    try {
      if (wanted) await this.#load(wanted);
      await this.#fetchAhead();
    } catch {
      return this.parts.status(t('The sentences could not be loaded. Is there a network?'), () => location.reload());
    }
    return this.order.length ? this.#show(0) : this.parts.finished();
  }

  async #load(id) {
    const sentence = await ask('GET', `/api/v1/sentences/${id}`);
    this.#take(sentence);
    return sentence;
  }

  #take(sentence) {
    this.sentences.set(sentence.id, sentence);
    if (!this.versions.has(sentence.id)) this.versions.set(sentence.id, sentence.version);
    if (!this.order.includes(sentence.id)) this.order.push(sentence.id);
  }

  async #fetchAhead() {
    const ahead = this.order.length - 1 - this.at;
    if (this.fetching || ahead >= AHEAD) return;
    this.fetching = true;
    try {
      const count = Math.min(4, AHEAD - Math.max(0, ahead) + (this.at < 0 ? 1 : 0));
      const loaded = await ask('POST', `/api/v1/projects/${this.project}/leases`, { count, holding: this.order.slice(-50) });
      loaded.sentences.forEach((sentence) => this.#take(sentence));
      this.parts.progress(loaded.progress);
      this.exhausted = loaded.sentences.length === 0;
    } finally {
      this.fetching = false;
    }
  }

  /** Show a sentence with what is known of its answer: the browser's draft, else the server's. */
  async #show(at, answer = null) {
    this.at = at;
    const { sentence } = this;
    const draft = await inStore(this.db, 'drafts', 'readonly', (store) => store.get(sentence.id));
    const kept = draft?.person === this.person && draft.base === this.versions.get(sentence.id) ? draft.answer : null;
    this.offsets = new Offsets(sentence.text);
    this.answer = answer ?? kept ?? sentence.edited ?? answers.answerOf(sentence.annotation);
    this.stored = JSON.stringify(sentence.edited ?? answers.answerOf(sentence.annotation));
    this.row = 0;
    this.told = false;
    this.layer = 'speaker';
    this.taken = [];
    const measured = sentence.annotation?.provenance ?? {};
    this.activity.reset(sentence.annotation?.active_ms ?? 0, measured.layer_ms, measured.events);
    this.parts.text.show(sentence.text, this.direction, sentence.language);
    this.parts.picker.offer(entriesIn(this));
    this.parts.place(sentence);
    refresh(this);
    this.#fetchAhead().catch(() => {});
  }

  get previousSpeaker() {
    for (let n = this.at - 1; n >= 0; n -= 1) {
      const other = this.sentences.get(this.order[n]);
      const speaker = (other.edited ?? answers.answerOf(other.annotation)).statements[0].speaker;
      if (other.document.id === this.sentence.document.id && speaker && speaker.id !== answers.ARTICLE) return this.entry(speaker.id);
    }
    const before = this.sentence.previous_speaker;
    return before ? this.entry(before.id) : null;
  }

  async goTo(id) {
    this.#keepUnfinished();
    if (!this.sentences.has(id)) await this.#load(id);
    await this.#show(this.order.indexOf(id));
  }

  async previous() {
    if (this.at <= 0) return this.parts.say(t('This is the first sentence of this sitting. Your earlier work is in “My work”.'));
    this.#keepUnfinished();
    return this.#show(this.at - 1);
  }

  async next() {
    if (this.at + 1 < this.order.length) return this.#show(this.at + 1);
    if (!this.exhausted) await this.#fetchAhead().catch(() => {});
    if (this.at + 1 < this.order.length) return this.#show(this.at + 1);
    return this.exhausted ? this.parts.finished() : this.parts.status(t('The next sentence could not be loaded. Your work is kept.'), () => this.next());
  }

  // --- changing ----------------------------------------------------------------------------------

  /** The one way in which an answer changes. */
  apply(answer, layer) {
    if (!answer) return this.parts.say(t('This would cross another mark.'));
    this.activity.touch(layer, false);
    this.layer = layer;
    this.history.add({ id: this.sentence.id, before: this.answer, after: answer });
    this.answer = answer;
    this.#keepDraft();
    return refresh(this);
  }

  setSpeaker(entry) {
    this.apply(answers.setSpeaker(this.answer, this.row, entry, this.parts.text.selection ? this.range : undefined), 'speaker');
    if (entry && this.parts.text.selection) this.parts.text.clear();
  }

  /** An entry named in the sentence: with the words that name it. */
  takeCandidate(entry) {
    this.taken.push({ layer: 'speaker', id: entry.id });
    this.apply(answers.setSpeaker(this.answer, this.row, entry, entry.span), 'speaker');
  }

  setSurface(span) {
    this.apply(answers.setSurface(this.answer, this.row, span), 'speaker');
    this.parts.text.clear();
  }

  setAttribution(id) {
    this.apply(answers.setAttribution(this.answer, this.row, id), 'speaker');
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

  setRow(row) {
    this.row = row;
    refresh(this);
  }

  addRow() {
    const row = this.answer.statements.length;
    this.apply(answers.addStatement(this.answer), 'speaker');
    this.setRow(row);
  }

  removeRow() {
    const row = this.row;
    this.row = 0;
    this.apply(answers.removeStatement(this.answer, row), 'speaker');
  }

  markEntity(label) {
    const { range } = this;
    if (!range) return;
    this.apply(answers.mark(this.answer, { ...range, label }), 'entities');
    remember(this, { ...range, label });
    this.parts.text.clear();
  }

  removeEntity(entity) {
    this.apply(answers.unmark(this.answer, entity), 'entities');
    this.parts.text.clear();
  }

  pickEntity({ start, end }) {
    this.parts.text.pick([this.offsets.toUnit(start), this.offsets.toUnit(end)]);
  }

  /** A picked entity gets other bounds; a bare selection just changes. */
  resize(by, step) {
    const { text } = this.parts;
    const range = text.resize(by, step);
    if (!range) return;
    const picked = text.picked && this.answer.entities.find((entity) => this.isPicked(entity));
    if (!picked) return text.select(range);
    const [start, end] = range.map((unit) => this.offsets.toPoint(unit));
    const moved = answers.mark(answers.unmark(this.answer, picked), { start, end, text: this.offsets.slice(start, end), label: picked.label });
    this.apply(moved, 'entities');
    if (moved) text.pick(range);
  }

  acceptSuggestions(entities) {
    let { answer } = this;
    for (const entity of entities) answer = answers.mark(answer, entity) ?? answer;
    this.taken.push(...entities.map(({ start, end, label }) => ({ layer: 'entities', start, end, label })));
    this.apply(answer, 'entities');
  }

  /** An entry that this answer brings along; the server makes it with the save. */
  newEntry(name, kind) {
    const entry = withFolded({ id: `s-${crypto.randomUUID().slice(0, 18)}`, canonical: name, kind, scope: kind === 'unnamed' ? 'document' : 'project', aliases: [] });
    entry.isNew = true;
    this.entries.push(entry);
    return entry;
  }

  async step(direction) {
    const step = this.history[direction]();
    if (!step) return this.parts.say(direction === 'undo' ? t('There is nothing to undo.') : t('There is nothing to redo.'));
    const answer = direction === 'undo' ? step.before : step.after;
    if (step.id !== this.sentence.id) {
      this.#keepUnfinished();
      if (!this.sentences.has(step.id)) await this.#load(step.id);
      await this.#show(this.order.indexOf(step.id), answer);
    } else {
      this.answer = answer;
      this.row = Math.min(this.row, answer.statements.length - 1);
      refresh(this);
    }
    return this.#keepDraft();
  }

  // --- keeping -----------------------------------------------------------------------------------

  /** Save and go on, or tell what is still open. */
  async submit() {
    const [first] = this.missing;
    if (first) {
      this.told = true;
      [this.row, this.layer] = first;
      refresh(this);
      return this.parts.askFor(first[1]);
    }
    if (this.saving) return undefined;
    this.saving = true; // a second press before the next sentence stands is the same press
    try {
      await this.#save('submitted', {});
      await this.next();
    } finally {
      this.saving = false;
    }
    return undefined;
  }

  async skip(reason) {
    await this.#save('skipped', { skip_reason: reason });
    await this.next();
  }

  async #save(state, more) {
    const { sentence, answer } = this;
    this.activity.touch(null, false);
    const { active_ms: active, layers, events } = this.activity.measured();
    const used = new Set(answer.statements.map((statement) => statement.speaker?.id));
    const fresh = this.entries.filter((entry) => entry.isNew && used.has(entry.id));
    const body = {
      labels: answers.labelsOf(answer), state, flag: answer.flag, comment: answer.comment, active_ms: active,
      provenance: { layer_ms: layers, events, shown: this.suggestions.length, taken: this.taken },
      speakers: fresh.map(({ id, canonical, kind, scope }) => ({ id, canonical, kind, scope, aliases: [] })), ...more,
    };
    sentence.edited = answer;
    sentence.annotation = { ...body, version: this.versions.get(sentence.id) };
    this.stored = JSON.stringify(answer);
    answer.entities.forEach((entity) => remember(this, entity));
    await this.outbox.put(sentence.id, this.versions.get(sentence.id), body);
    await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete(sentence.id));
  }

  #keepDraft() {
    const draft = { sentence: this.sentence.id, person: this.person, base: this.versions.get(this.sentence.id), answer: this.answer };
    return inStore(this.db, 'drafts', 'readwrite', (store) => store.put(draft)).catch(() => {});
  }

  /** Leaving a sentence half answered: it goes to the server as a draft. */
  #keepUnfinished() {
    if (this.sentence && JSON.stringify(this.answer) !== this.stored) this.#save('draft', {});
  }

  #send(save) {
    const path = `/api/v1/sentences/${save.sentence}/annotation`;
    return ask('PUT', path, save.body, { 'If-Match': `"${save.base}"`, 'Idempotency-Key': save.key });
  }

  #onOutbox(state, detail) {
    this.parts.light(state, detail);
    if (state === 'saved') {
      this.versions.set(detail.sentence, detail.answer.version);
      this.parts.progress(detail.answer.progress);
      for (const entry of this.entries) if (entry.isNew) entry.isNew = false;
      this.#joinEntries(detail.answer.speakers ?? {});
      if (detail.answer.surplus) this.parts.say(t('Others had finished this sentence meanwhile; your answer is kept as a draft.'));
    } else if (state === 'conflict') this.#resolve(detail);
    else if (state === 'refused') this.dialogs.refused(detail.problem.faults ?? [{ message: detail.problem.detail ?? detail.problem.title ?? '' }]);
    else if (state === 'signed-out') this.dialogs.signIn(() => this.#signedIn());
  }

  /** A new speaker whom the project had already: from now on we use its id. */
  #joinEntries(standsFor) {
    this.entries = this.entries.filter((entry) => !(entry.id in standsFor));
  }

  async #signedIn() {
    const page = await fetch(location.href, { credentials: 'same-origin' });
    const fresh = new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('meta[name=csrf-token]');
    if (fresh) document.querySelector('meta[name=csrf-token]').content = fresh.content;
    this.outbox.flush();
  }

  #resolve({ sentence, current, yours }) {
    const text = this.sentences.get(sentence)?.text ?? '';
    this.dialogs.conflict({ text, current, yours }, async (choice) => {
      const version = current?.version ?? 0;
      this.versions.set(sentence, version);
      if (choice === 'yours') return this.outbox.overwrite(sentence, version);
      await this.outbox.drop(sentence);
      const held = this.sentences.get(sentence);
      if (held) Object.assign(held, { annotation: current, edited: undefined });
      this.parts.light('saved', {});
      return this.sentence?.id === sentence ? this.#show(this.at) : undefined;
    });
  }

  focusBack() {
    this.parts.main.focus({ preventScroll: true });
  }
}

function withFolded(entry) {
  return { ...entry, folded: [entry.canonical, entry.en, ...entry.aliases].filter(Boolean).map(fold) };
}

customElements.define('label-desk', LabelDesk);
