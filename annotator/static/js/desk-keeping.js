// Keeping and sending answers: drafts and unsent saves in the browser, two versions put before the person.

import * as answers from './lib/answer.js';
import { ask, askAll, renewToken } from './lib/api.js';
import { Phrases, fold } from './lib/names.js';
import { t } from './lib/messages.js';
import { inStore } from './lib/outbox.js';
import { dropSentence } from './lib/shell.js';
import { outcomes } from './lib/suggestions.js';
import { AnswerDesk, withFolded } from './desk-answer.js';

/** The comments on words: they lie in the provenance, which every format carries whole. */
function remarks({ remarks: told }) {
  return told?.length ? { span_comments: told } : {};
}

export class KeepingDesk extends AnswerDesk {
  // --- keeping -------------------------------------------------------------------------------------

  async save(state, more) {
    const { sentence, answer } = this;
    this.activity.touch(null, false);
    const { active_ms: active, layers, events } = this.activity.measured();
    const used = new Set(answer.statements.map((statement) => statement.speaker?.id));
    const fresh = this.entries.filter((entry) => entry.fresh && used.has(entry.id));
    const offers = { speakers: this.speakerOffers.map(({ entry }) => entry.id), entities: [...this.shown] };
    const body = {
      labels: answers.labelsOf(answer), state, flag: answer.flag, comment: answer.comment, active_ms: active,
      provenance: { layer_ms: layers, events, offered: offers, taken: outcomes(this.taken, answer), ...remarks(answer) },
      speakers: fresh.map(({ id, canonical, kind, scope }) => ({ id, canonical, kind, scope, aliases: [] })), ...more,
    };
    this.stored = JSON.stringify(answer);
    this.parts.lastMeasured(active, events);
    await this.put(sentence, answer, body);
  }

  /** Hand an answer over to be sent, whether its sentence is on the screen or not. */
  async put(sentence, answer, body) {
    sentence.edited = answer;
    sentence.annotation = { ...sentence.annotation, ...body };
    this.remember(answer.entities);
    sentence.draft = null;
    this.parts.light('queued', {}); // at once: nobody is told “saved” of what is not
    await this.outbox.put(sentence.id, this.versions.get(sentence.id), body); // before the draft goes
    await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, sentence.id]));
    this.#keepMarks();
  }

  /** Fetch what this browser has of sentences: unsent answers of an earlier page, drafts. */
  async prepare(...sentences) {
    const [unsent, kept] = await Promise.all([
      this.outbox.adopt(sentences.map(({ id }) => id)),
      inStore(this.db, 'drafts', 'readonly', (store) => store.getAll(IDBKeyRange.bound([this.person], [this.person, []]))),
    ]);
    const drafts = new Map(kept.map((draft) => [draft.sentence, draft]));
    for (const sentence of sentences) {
      const { body } = unsent.get(sentence.id) ?? {};
      if (body) Object.assign(sentence, { edited: answers.answerOf(body), annotation: { ...sentence.annotation, ...body } });
      Object.assign(sentence, { draft: drafts.get(sentence.id), prepared: true });
    }
  }

  /** Kept in the browser at every change, until it is saved. */
  keepDraft() {
    const draft = { person: this.person, sentence: this.sentence.id, base: this.versions.get(this.sentence.id), page: this.page, answer: this.answer, taken: this.taken };
    this.sentence.draft = draft;
    return inStore(this.db, 'drafts', 'readwrite', (store) => store.put(draft)).catch(() => {});
  }

  /** Leaving a sentence that was changed and not saved: a finished answer stays one, another goes as a draft. */
  async keepUnfinished() {
    if (!this.sentence || JSON.stringify(this.answer) === this.stored) return;
    const finished = this.sentence.annotation?.state === 'submitted' && this.missing.length === 0;
    await this.save(finished ? 'submitted' : 'draft', {});
  }

  async recall() {
    this.phrases = new Phrases();
    const kept = await inStore(this.db, 'marks', 'readonly', (store) => store.get([this.person, this.project]));
    this.marks = kept?.marks ?? new Map();
    for (const [folded, label] of this.marks) this.phrases.add(folded, label);
  }

  /** What was marked before elsewhere: on another device by this person, or by two annotators alike. Own marks here win. */
  async learnPhrases() {
    const { phrases } = await ask('GET', `/api/v1/projects/${this.project}/phrases`);
    const fresh = phrases.filter(({ text }) => !this.marks.has(fold(text)));
    for (const { text, label } of fresh) this.phrases.add(fold(text), label);
    if (!fresh.length || !this.answer) return;
    this.offerEntities();
    this.refresh();
  }

  #keepMarks() {
    inStore(this.db, 'marks', 'readwrite', (store) => store.put({ person: this.person, project: this.project, marks: this.marks })).catch(() => {});
  }

  // --- sending -------------------------------------------------------------------------------------

  async send(save) {
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

  onOutbox(state, told) {
    this.parts.light(state, told);
    if (state === 'saved') this.#saved(told);
    else if (state === 'conflict') this.resolve(told);
    else if (state === 'refused') this.dialog('refused', told.problem, () => this.goTo(told.sentence));
    else if (state === 'signed-out') this.signedOut(() => this.outbox.flush());
  }

  async #saved({ sentence, answer }) {
    const earlier = this.versions.get(sentence);
    this.versions.set(sentence, answer.version);
    dropSentence(this.db, this.person, sentence).catch(() => {});
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
      const moved = { ...draft, base: answer.version };
      if (held) held.draft = moved;
      await inStore(this.db, 'drafts', 'readwrite', (store) => store.put(moved));
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
    const { entries } = await askAll(`/api/v1/projects/${this.project}/registry`, 'entries');
    const known = new Set(this.entries.map((entry) => entry.id));
    this.entries.push(...entries.filter((entry) => !known.has(entry.id)).map(withFolded));
  }

  signedOut(onward) {
    return this.dialog('signIn', onward);
  }

  // --- two versions --------------------------------------------------------------------------------

  resolve({ sentence, current, yours }) {
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
  resolveDraft(draft) {
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
    if (held) Object.assign(held, { annotation, edited: undefined, draft: null });
    await inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, id]));
    return this.sentence?.id === id ? this.show(this.at) : undefined;
  }

  // --- signing out ---------------------------------------------------------------------------------

  /** Signing out empties this browser's store: what is unsent goes first, or the person decides. */
  async signOut(form) {
    if (this.answer) await this.keepUnfinished();
    const end = Date.now() + 3000;
    while ((await this.outbox.waiting()).length && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    const unsent = await this.outbox.waiting();
    if (unsent.length) this.dialog('unsent', unsent.length, () => form.submit());
    else form.submit();
  }
}
