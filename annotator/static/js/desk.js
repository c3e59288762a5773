// The labelling screen: one sentence at a time, saved behind the annotator's back, nothing ever lost.

import * as answers from './lib/answer.js';
import { ask, renewToken } from './lib/api.js';
import { KeyNames } from './lib/keys.js';
import { loadMessages, t } from './lib/messages.js';
import { Phrases } from './lib/names.js';
import { Offsets } from './lib/offsets.js';
import { Outbox, inStore, openStore } from './lib/outbox.js';
import { Activity, History } from './lib/sitting.js';
import { AnswerDesk, withFolded } from './desk-answer.js';
import { bindKeys } from './desk-keys.js';
import { frame, refresh } from './desk-view.js';
import { sheetFor } from './paint.js';

const AHEAD = 3; // sentences fetched before they are needed
const AHEAD_LONG = 12; // as many where much is left: five minutes without a network

class LabelDesk extends AnswerDesk {
  async connectedCallback() {
    ({ project: this.project, language: this.language, direction: this.direction, person: this.person } = this.dataset);
    this.sentences = new Map(); // id → sentence as the server gave it
    this.versions = new Map(); // id → version that the server holds
    this.order = []; // ids in the order of this sitting
    this.at = -1;
    this.left = 0;
    this.page = crypto.randomUUID();
    this.history = new History();
    this.activity = new Activity();
    this.keyNames = new KeyNames(this.language);
    const [scheme, registry, db] = await Promise.all([
      ask('GET', this.dataset.schemeUrl), ask('GET', `/api/v1/projects/${this.project}/registry`), openStore(),
      loadMessages(this.dataset.messagesUrl, this.language), this.keyNames.learn(),
    ]);
    this.scheme = scheme;
    this.db = db;
    this.entries = registry.entries.map(withFolded);
    await this.#recall();
    document.adoptedStyleSheets.push(sheetFor(scheme.layers.entities.labels));
    this.outbox = new Outbox(db, this.person, (save) => this.#send(save), (state, told) => this.#onOutbox(state, told));
    this.parts = frame(this);
    bindKeys(this);
    await this.#begin();
    // after the first sentence stands: what may be needed without a network
    this.loadDialogs();
  }

  refresh() {
    refresh(this);
  }

  get sentence() {
    return this.sentences.get(this.order[this.at]);
  }

  // --- parts that are seldom needed ----------------------------------------------------------------

  async loadDialogs() {
    const [{ Dialogs }, { Drawer }] = await Promise.all([import('./elements/dialogs.js'), import('./elements/context.js')]);
    this.dialogs ??= new Dialogs(this);
    this.drawer ??= new Drawer(this);
    return this;
  }

  /** Open a dialog: keys, flag, comment, skip, newSpeaker, conflict, refused, signIn. */
  async dialog(name, ...told) {
    if (!this.dialogs) await this.loadDialogs();
    return this.dialogs[name](...told);
  }

  /** Open or close what stands beside the sentence: document, mine, guideline. */
  async aside(name) {
    if (!this.drawer) await this.loadDialogs();
    return this.drawer.toggle(name);
  }

  // --- going ---------------------------------------------------------------------------------------

  async #begin() {
    const wanted = Number(new URLSearchParams(location.search).get('sentence'));
    try {
      if (wanted) await this.#load(wanted);
      await this.#fetchAhead();
    } catch (problem) {
      if (problem.status === 401) return this.#signedOut(() => location.reload());
      return this.parts.status(t('The sentences could not be loaded. Is there a network?'), () => location.reload());
    }
    await (this.order.length ? this.#show(0) : this.parts.finished());
    for (const save of await this.outbox.waiting()) if (save.state !== 'waiting') await this.reopen(save);
    return this.outbox.flush();
  }

  /** A conflict or a refusal of an earlier visit is put before the person again. */
  async reopen(save) {
    const stands = await ask('GET', `/api/v1/sentences/${save.sentence}`);
    this.#take(stands);
    if (save.state === 'conflict') return this.#resolve({ sentence: save.sentence, current: stands.annotation, yours: save.body });
    return this.goTo(save.sentence);
  }

  async #load(id) {
    this.#take(await ask('GET', `/api/v1/sentences/${id}`));
  }

  #take(sentence) {
    if (this.sentences.has(sentence.id)) return;
    this.sentences.set(sentence.id, sentence);
    this.versions.set(sentence.id, sentence.version);
    this.order.push(sentence.id);
  }

  async #fetchAhead() {
    const ahead = this.order.length - 1 - this.at;
    if (this.fetching || ahead >= (this.left > 5 * AHEAD_LONG ? AHEAD_LONG : AHEAD)) return;
    this.fetching = true;
    try {
      const pending = (await this.outbox.waiting()).map((save) => save.sentence);
      const holding = [...new Set([...this.order.slice(-30), ...pending.slice(-20)])];
      const loaded = await ask('POST', `/api/v1/projects/${this.project}/leases`, { count: 4, holding });
      loaded.sentences.filter(({ id }) => !pending.includes(id)).forEach((sentence) => this.#take(sentence));
      this.left = loaded.progress.left;
      this.parts.progress(loaded.progress);
      this.exhausted = loaded.sentences.length === 0;
    } finally {
      this.fetching = false;
    }
    if (!this.exhausted) this.#fetchAhead().catch(() => {});
  }

  /** Show a sentence with what is known of its answer: what is unsent, the browser's draft, else the server's. */
  async #show(at, answer = null) {
    this.at = at;
    const { sentence } = this;
    const unsent = sentence.edited ? null : await this.outbox.adopt(sentence.id);
    if (unsent) Object.assign(sentence, { edited: answers.answerOf(unsent.body), annotation: { ...sentence.annotation, ...unsent.body } });
    const draft = await inStore(this.db, 'drafts', 'readonly', (store) => store.get([this.person, sentence.id]));
    const version = this.versions.get(sentence.id);
    const stored = sentence.edited ?? answers.answerOf(sentence.annotation);
    this.offsets = new Offsets(sentence.text);
    this.answer = answer ?? (draft?.base === version ? draft.answer : null) ?? stored;
    this.stored = JSON.stringify(stored);
    this.row = 0;
    this.told = false;
    this.layer = 'speaker';
    this.taken = [];
    this.shown = new Set();
    this.lastMark = null;
    const { provenance, active_ms: active } = sentence.annotation ?? {};
    this.activity.reset(active ?? 0, provenance?.layer_ms, provenance?.events);
    this.parts.text.show(sentence.text, this.direction, sentence.language);
    this.offer();
    this.parts.place(sentence);
    delete this.parts.stage.dataset.wide;
    this.refresh();
    this.#fetchAhead().catch(() => {});
    if (draft && draft.base !== version && JSON.stringify(draft.answer) !== this.stored) this.#resolveDraft(draft);
  }

  /** Whom the person named last before this place of the document. */
  get previousSpeaker() {
    const before = [...this.sentences.values()].filter(
      (other) => other.document.id === this.sentence.document.id && other.position < this.sentence.position,
    );
    for (const other of before.sort((a, b) => b.position - a.position)) {
      const { speaker } = (other.edited ?? answers.answerOf(other.annotation)).statements[0];
      if (speaker && speaker.id !== answers.ARTICLE) return this.entry(speaker.id);
    }
    return this.sentence.previous_speaker ? this.entry(this.sentence.previous_speaker.id) : null;
  }

  async goTo(id) {
    await this.#keepUnfinished();
    if (!this.sentences.has(id)) await this.#load(id);
    await this.#show(this.order.indexOf(id));
  }

  async previous() {
    if (this.at <= 0) return this.parts.say(t('This is the first sentence of this sitting. Your earlier work is in “My work”.'));
    await this.#keepUnfinished();
    return this.#show(this.at - 1);
  }

  async next() {
    if (this.at + 1 < this.order.length) return this.#show(this.at + 1);
    if (!this.exhausted) await this.#fetchAhead().catch(() => {});
    if (this.at + 1 < this.order.length) return this.#show(this.at + 1);
    return this.exhausted ? this.parts.finished() : this.parts.status(t('The next sentence could not be loaded. Your work is kept.'), () => this.next());
  }

  /** Show more of the document around the sentence. */
  async widen(side) {
    const { id } = this.sentence;
    const { sentences } = await ask('GET', `/api/v1/documents/${this.sentence.document.id}`);
    if (this.sentence?.id !== id) return;
    this.around[side] += 3;
    const at = sentences.findIndex((unit) => unit.id === id);
    this.parts.neighbours(sentences.slice(Math.max(0, at - this.around.before), at), sentences.slice(at + 1, at + 1 + this.around.after));
    this.parts.stage.dataset.wide = '';
  }

  async step(direction) {
    const step = this.history[direction]();
    if (!step) return this.parts.say(direction === 'undo' ? t('There is nothing to undo.') : t('There is nothing to redo.'));
    const answer = direction === 'undo' ? step.before : step.after;
    if (step.id !== this.sentence?.id) {
      await this.#keepUnfinished();
      if (!this.sentences.has(step.id)) await this.#load(step.id);
      await this.#show(this.order.indexOf(step.id), answer);
    }
    this.answer = answer;
    this.row = Math.min(this.row, answer.statements.length - 1);
    this.offerEntities();
    this.refresh();
    this.parts.say(direction === 'undo' ? t('Undone.') : t('Done again.'));
    await this.keepDraft();
    return this.sentence.annotation ? this.#keepUnfinished() : undefined;
  }

  // --- keeping -------------------------------------------------------------------------------------

  /** Save and go on, or tell what is still open. */
  async submit() {
    if (this.saving || !this.sentence) return undefined; // a second press before the next sentence stands is the same press
    const [first] = this.missing;
    if (first) {
      this.told = true;
      [this.row, this.layer] = first;
      this.refresh();
      return this.parts.askFor(first[1]);
    }
    return this.#leave('submitted', {});
  }

  skip(reason) {
    return this.#leave('skipped', { skip_reason: reason });
  }

  async #leave(state, more) {
    this.saving = true;
    try {
      await this.#save(state, more);
      await this.next();
    } finally {
      this.saving = false;
    }
  }

  async #save(state, more) {
    const { sentence, answer } = this;
    this.activity.touch(null, false);
    const { active_ms: active, layers, events } = this.activity.measured();
    const used = new Set(answer.statements.map((statement) => statement.speaker?.id));
    const fresh = this.entries.filter((entry) => entry.fresh && used.has(entry.id));
    const offers = { speakers: this.speakerOffers.map(({ entry }) => entry.id), entities: [...this.shown] };
    const body = {
      labels: answers.labelsOf(answer), state, flag: answer.flag, comment: answer.comment, active_ms: active,
      provenance: { layer_ms: layers, events, offered: offers, taken: this.taken },
      speakers: fresh.map(({ id, canonical, kind, scope }) => ({ id, canonical, kind, scope, aliases: [] })), ...more,
    };
    sentence.edited = answer;
    sentence.annotation = { ...sentence.annotation, ...body };
    this.stored = JSON.stringify(answer);
    this.remember(answer.entities);
    this.parts.lastMeasured(active, events);
    await this.outbox.put(sentence.id, this.versions.get(sentence.id), body);
    await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, sentence.id]));
    this.#keepMarks();
  }

  /** Kept in the browser at every change, until it is saved. */
  keepDraft() {
    const draft = { person: this.person, sentence: this.sentence.id, base: this.versions.get(this.sentence.id), page: this.page, answer: this.answer };
    return inStore(this.db, 'drafts', 'readwrite', (store) => store.put(draft)).catch(() => {});
  }

  /** Leaving a sentence that was changed and not saved: a finished answer stays one, another goes as a draft. */
  async #keepUnfinished() {
    if (!this.sentence || JSON.stringify(this.answer) === this.stored) return;
    const finished = this.sentence.annotation?.state === 'submitted' && this.missing.length === 0;
    await this.#save(finished ? 'submitted' : 'draft', {});
  }

  async #recall() {
    this.phrases = new Phrases();
    const kept = await inStore(this.db, 'marks', 'readonly', (store) => store.get([this.person, this.project]));
    this.marks = kept?.marks ?? new Map();
    for (const [folded, label] of this.marks) this.phrases.add(folded, label);
  }

  #keepMarks() {
    inStore(this.db, 'marks', 'readwrite', (store) => store.put({ person: this.person, project: this.project, marks: this.marks })).catch(() => {});
  }

  // --- sending -------------------------------------------------------------------------------------

  async #send(save) {
    const path = `/api/v1/sentences/${save.sentence}/annotation`;
    const put = () => ask('PUT', path, save.body, { 'If-Match': `"${save.base}"`, 'Idempotency-Key': save.key });
    try {
      return await put();
    } catch (problem) {
      // the token of an earlier sign-in, perhaps
      if (problem.status === 403 && (await renewToken(this.person))) return put();
      throw problem;
    }
  }

  #onOutbox(state, told) {
    this.parts.light(state, told);
    if (state === 'saved') this.#saved(told);
    else if (state === 'conflict') this.#resolve(told);
    else if (state === 'refused') this.dialog('refused', told.problem, () => this.goTo(told.sentence));
    else if (state === 'signed-out') this.#signedOut(() => this.outbox.flush());
  }

  async #saved({ sentence, answer }) {
    const earlier = this.versions.get(sentence);
    this.versions.set(sentence, answer.version);
    const held = this.sentences.get(sentence);
    if (held?.annotation) Object.assign(held.annotation, { version: answer.version, state: answer.state });
    this.parts.progress(answer.progress);
    this.left = answer.progress.left;
    this.#joinEntries(answer.speakers ?? {});
    for (const entry of this.entries) if (entry.fresh && held?.edited?.statements.some((one) => one.speaker?.id === entry.id)) entry.fresh = false;
    if (answer.surplus) this.parts.say(t('Others had finished this sentence meanwhile; your answer is kept as a draft.'));
    // what was changed on this page since then builds on the new version
    const draft = await inStore(this.db, 'drafts', 'readonly', (store) => store.get([this.person, sentence]));
    if (draft?.page === this.page && draft.base === earlier) {
      await inStore(this.db, 'drafts', 'readwrite', (store) => store.put({ ...draft, base: answer.version }));
    }
  }

  /** New speakers that the project had already: from now on their ids. */
  async #joinEntries(standsFor) {
    const pairs = Object.entries(standsFor);
    if (!pairs.length) return;
    this.entries = this.entries.filter((entry) => !(entry.id in standsFor));
    const renamed = (answer) => pairs.reduce((so, [from, to]) => answers.renameSpeaker(so, from, to), answer);
    for (const sentence of this.sentences.values()) if (sentence.edited) sentence.edited = renamed(sentence.edited);
    this.answer = renamed(this.answer);
    const { entries } = await ask('GET', `/api/v1/projects/${this.project}/registry`);
    const known = new Set(this.entries.map((entry) => entry.id));
    this.entries.push(...entries.filter((entry) => !known.has(entry.id)).map(withFolded));
  }

  #signedOut(onward) {
    return this.dialog('signIn', onward);
  }

  // --- two versions --------------------------------------------------------------------------------

  #resolve({ sentence, current, yours }) {
    const version = current?.version ?? 0;
    this.dialog('conflict', { text: this.sentences.get(sentence)?.text ?? '', current, yours }, async (choice) => {
      this.versions.set(sentence, version);
      if (choice === 'yours') return this.outbox.overwrite(sentence, version);
      await this.outbox.drop(sentence);
      this.parts.light('saved', {});
      return this.#showStored(sentence, current);
    });
  }

  /** A draft of this browser was begun on a version that has been overtaken. */
  #resolveDraft(draft) {
    const { sentence } = this;
    const yours = { labels: answers.labelsOf(draft.answer), comment: draft.answer.comment, flag: draft.answer.flag };
    this.dialog('conflict', { text: sentence.text, current: sentence.annotation, yours }, async (choice) => {
      if (choice === 'yours') return this.apply(draft.answer, 'note');
      await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, sentence.id]));
      return undefined;
    });
  }

  async #showStored(id, annotation) {
    const held = this.sentences.get(id);
    if (held) Object.assign(held, { annotation, edited: undefined });
    await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, id]));
    return this.sentence?.id === id ? this.#show(this.at) : undefined;
  }

  focusBack() {
    this.parts.main.focus({ preventScroll: true });
  }
}

customElements.define('label-desk', LabelDesk);
