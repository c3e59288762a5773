// Keeping and sending answers: drafts and unsent saves in the browser, two versions put before the person.

import * as answers from './lib/answer.js';
import { Problem, ask, askAll, renewToken } from './lib/api.js';
import { Phrases, fold } from './lib/names.js';
import { t } from './lib/messages.js';
import { inStore, openPages } from './lib/outbox.js';
import { dropSentence } from './lib/shell.js';
import { outcomes } from './lib/suggestions.js';
import { AnswerDesk, withFolded } from './desk-answer.js';

export class KeepingDesk extends AnswerDesk {
  // --- keeping -------------------------------------------------------------------------------------

  async save(state, more) {
    const { sentence, answer } = this;
    this.activity.touch(null, false);
    const { active_ms: active, layers, events } = this.activity.measured();
    const offers = { speakers: this.speakerOffers.map(({ entry }) => entry.id), entities: [...this.shown] };
    const body = {
      labels: answers.labelsOf(answer), state, flag: answer.flag, comment: answer.comment, active_ms: active,
      provenance: { layer_ms: layers, events, offered: offers, taken: outcomes(this.taken, answer), ...answers.spanComments(answer) },
      speakers: this.freshIn(answer), ...more,
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
    if (!sentence.draft) await this.#dropDraft(sentence.id); // else a key was pressed meanwhile
    this.#keepMarks();
  }

  /** The speakers of an answer that were made here and that the server does not know yet. */
  freshIn(answer) {
    const used = new Set(answer.statements.map((statement) => statement.speaker?.id));
    return this.entries.filter((entry) => entry.fresh && used.has(entry.id))
      .map(({ id, canonical, kind, scope }) => ({ id, canonical, kind, scope, aliases: [] }));
  }

  /** Those that an earlier page made, from what it kept: the answer can be sent with them only. */
  #learnSpeakers(sentence, speakers = []) {
    for (const made of speakers) {
      if (!this.entry(made.id)) this.entries.push({ ...withFolded({ ...made, document: sentence.document.id }), fresh: true });
    }
  }

  /** What this browser has of this person: unsent saves, drafts. These first: an earlier page may still turn one into a save. */
  async kept() {
    const drafts = await inStore(this.db, 'drafts', 'readonly', (store) => store.getAll(IDBKeyRange.bound([this.person], [this.person, []])));
    return [await this.outbox.waiting(), drafts];
  }

  async prepare(...sentences) {
    this.prepareFrom(await this.kept(), sentences);
  }

  /** Give sentences what this browser has of them: unsent answers of an earlier page, drafts. */
  prepareFrom([waiting, kept], sentences) {
    const unsent = this.outbox.adopt(sentences.map(({ id }) => id), waiting);
    const drafts = new Map(kept.map((draft) => [draft.sentence, draft]));
    for (const sentence of sentences) {
      const { body } = unsent.get(sentence.id) ?? {};
      this.#learnSpeakers(sentence, [...body?.speakers ?? [], ...drafts.get(sentence.id)?.speakers ?? []]);
      if (body) Object.assign(sentence, { edited: answers.answerOf(body), annotation: { ...sentence.annotation, ...body } });
      Object.assign(sentence, { draft: drafts.get(sentence.id), prepared: true });
    }
  }

  /** Kept in the browser at every change, until it is saved. */
  keepDraft() {
    return this.putDraft(this.sentence, this.answer, this.taken);
  }

  /** Where the browser cannot keep it, the light says so until a save went through. */
  putDraft(sentence, answer, taken) {
    const { id } = sentence;
    sentence.draft = { person: this.person, sentence: id, project: this.project, base: this.versions.get(id), line: this.outbox.lineOf(id), page: this.page, answer, taken, speakers: this.freshIn(answer) };
    return this.#storeDraft(sentence);
  }

  #dropDraft(id) {
    return inStore(this.db, 'drafts', 'readwrite', (store) => store.delete([this.person, id])).catch(() => {});
  }

  #storeDraft({ draft }) {
    return inStore(this.db, 'drafts', 'readwrite', (store) => store.put(draft)).catch(() => this.parts.light('queued', { unkept: 1 }));
  }

  /** What the server has, or will have, of an answer: {state, skip_reason}; null for none. */
  standing(sentence = this.sentence) {
    const { state, skip_reason } = sentence.annotation ?? {};
    return state ? { state, skip_reason: skip_reason ?? null } : null;
  }

  /**
   * Leaving a sentence that was changed and not saved: a finished answer stays one, a skipped one with new notes stays
   * skipped, another goes as a draft. `wanted`: what is to become of it, changed or not, as far as it is complete.
   */
  async keepUnfinished(wanted = null) {
    if (!this.sentence || (!wanted && JSON.stringify(this.answer) === this.stored)) return;
    const { state, skip_reason } = wanted ?? this.standing() ?? {};
    if (state === 'skipped' && (wanted || this.#sameLabels())) return void (await this.save(state, { skip_reason }));
    await this.save(state === 'submitted' && this.missing.length === 0 ? state : 'draft', {});
  }

  #sameLabels() {
    const labels = (answer) => JSON.stringify(answers.labelsOf(answer));
    return labels(this.answer) === labels(JSON.parse(this.stored));
  }

  /** Changes to answers that the server has, made on an earlier page that was left before they were sent. */
  sendLeft() {
    return this.#sendLeftDrafts().catch(() => addEventListener('online', () => this.sendLeft(), { once: true })); // or the next time
  }

  async #sendLeftDrafts() {
    const [, drafts] = await this.kept();
    const pages = [this.page, ...await openPages()]; // another tab sends its own
    for (const { sentence: id } of drafts.filter((one) => one.project === this.project && !pages.includes(one.page) && !this.sentences.has(one.sentence))) {
      const sentence = await ask('GET', `/api/v1/sentences/${id}`);
      if (!sentence.annotation || this.sentences.has(id)) continue; // it is not begun on the server: its turn comes
      this.sentences.set(id, sentence);
      this.versions.set(id, sentence.version);
      await this.prepare(sentence);
      const { draft } = sentence;
      if (draft) await this.sendDraft(sentence);
    }
  }

  /** Send what was changed of an answer that the server has. Where that was overtaken, both versions are put before the person. */
  async sendDraft(sentence) {
    const { id, draft: { base, answer, taken } } = sentence;
    if (answers.sent(answer) === answers.sent(answers.answerOf(sentence.annotation))) { // its page ended before it could forget it
      sentence.draft = null;
      return this.#dropDraft(id);
    }
    this.versions.set(id, base);
    return this.keepOther(id, answer, taken);
  }

  async recall(db) {
    this.db = db;
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
    const answer = await put().catch(async (problem) => {
      // the token of an earlier sign-in, perhaps
      if (problem.status !== 403) throw problem;
      if (await renewToken(this.person)) return put();
      throw new Problem(401); // somebody else has signed in at this browser: it waits for its person
    });
    await this.#advance(save.sentence, save.line, answer.version); // before the save is forgotten
    return answer;
  }

  /** What was changed after a save of its line, on this page or an earlier one, builds on the version which that became. */
  async #advance(sentence, line, version) {
    const moved = (draft) => (draft?.line === line && draft.base === version - 1 ? { ...draft, base: version } : draft);
    if (this.outbox.lineOf(sentence) === line) { // of another tab's answer this page knows nothing
      this.versions.set(sentence, version);
      const held = this.sentences.get(sentence);
      if (held) held.draft = moved(held.draft);
    }
    const key = [this.person, sentence];
    const move = (store) => { // read again: a key may have been pressed meanwhile
      store.get(key).onsuccess = ({ target: { result: kept } }) => kept && store.put(moved(kept));
    };
    try {
      const kept = await inStore(this.db, 'drafts', 'readonly', (store) => store.get(key)); // no key waits for that
      if (kept && moved(kept) !== kept) await inStore(this.db, 'drafts', 'readwrite', move);
    } catch {
      // the browser keeps nothing: this page does
    }
  }

  onOutbox(state, told) {
    this.parts.light(state, told);
    if (state === 'saved') {
      this.#saved(told);
      this.tryAgain(); // the network is back
    }
    else if (state === 'signed-out') this.signedOut(() => this.outbox.flush());
    else if (this.outbox.isForeign(told)) return; // the light tells, and leads there
    else if (state === 'conflict') this.resolve(told);
    else if (state === 'refused') this.dialog('refused', told.problem, () => this.goTo(told.sentence), () => this.#giveUp(told.sentence));
  }

  #saved({ sentence, project, line, answer, elsewhere }) {
    if (elsewhere) this.#advance(sentence, line, answer.version); // another tab sent it
    dropSentence(this.db, this.person, sentence).catch(() => {});
    const held = this.outbox.lineOf(sentence) === line ? this.sentences.get(sentence) : null;
    if (held?.annotation) Object.assign(held.annotation, { version: answer.version, state: answer.state });
    if (this.outbox.isForeign({ project })) return;
    this.parts.progress(answer.progress);
    this.left = answer.progress.left;
    this.#joinEntries(answer.speakers ?? {});
    for (const entry of this.entries) if (entry.fresh && held?.edited?.statements.some((one) => one.speaker?.id === entry.id)) entry.fresh = false;
    if (answer.surplus) this.parts.say(t('Others had finished this sentence meanwhile; your answer is kept as a draft.'));
  }

  /** New speakers that the project had already: from now on their ids. */
  async #joinEntries(standsFor) {
    const pairs = Object.entries(standsFor);
    if (!pairs.length) return;
    this.entries = this.entries.filter((entry) => !(entry.id in standsFor));
    const renamed = (answer) => pairs.reduce((so, [from, to]) => answers.renameSpeaker(so, from, to), answer);
    for (const sentence of this.sentences.values()) {
      if (sentence.edited) sentence.edited = renamed(sentence.edited);
      if (!sentence.draft) continue;
      sentence.draft = { ...sentence.draft, answer: renamed(sentence.draft.answer) };
      this.#storeDraft(sentence);
    }
    this.history.rename(renamed);
    if (this.answer) [this.answer, this.stored] = [renamed(this.answer), JSON.stringify(renamed(JSON.parse(this.stored)))];
    const { entries } = await askAll(`/api/v1/projects/${this.project}/registry`, 'entries');
    const known = new Set(this.entries.map((entry) => entry.id));
    this.entries.push(...entries.filter((entry) => !known.has(entry.id)).map(withFolded));
  }

  signedOut(onward) {
    return this.dialog('signIn', onward);
  }

  /** An answer that can never be sent. */
  async #giveUp(id) {
    await this.outbox.drop(id);
    await this.#dropDraft(id);
    this.parts.light('saved', await this.outbox.counts());
  }

  // --- two versions --------------------------------------------------------------------------------

  resolve({ sentence, current, yours }) {
    const version = current?.version ?? 0;
    this.dialog('conflict', { text: this.sentences.get(sentence)?.text ?? '', current, yours }, async (choice) => {
      this.versions.set(sentence, version);
      if (choice === 'yours') return this.#overwrite(sentence, version);
      await this.outbox.drop(sentence);
      this.parts.light('saved', await this.outbox.counts());
      return this.#showStored(sentence, current);
    });
  }

  async #overwrite(id, version) {
    await this.outbox.overwrite(id, version);
    const { draft } = this.sentences.get(id) ?? {};
    if (draft) await this.putDraft(this.sentences.get(id), draft.answer, draft.taken); // it builds on that one now
  }

  async #showStored(id, annotation) {
    const held = this.sentences.get(id);
    if (held) Object.assign(held, { annotation, edited: undefined, draft: null });
    await this.#dropDraft(id);
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
