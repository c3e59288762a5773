// The labelling screen: one sentence at a time, saved behind the annotator's back, nothing ever lost.

import * as answers from './lib/answer.js';
import { ask, askAll } from './lib/api.js';
import { el } from './lib/dom.js';
import { commandKeys } from './lib/commands.js';
import { KeyNames } from './lib/keys.js';
import { loadMessages, t } from './lib/messages.js';
import { Offsets } from './lib/offsets.js';
import { Outbox, inStore, openStore } from './lib/outbox.js';
import { keepSentences, keepShell, keptSentences } from './lib/shell.js';
import { Activity, History } from './lib/sitting.js';
import { withFolded } from './desk-answer.js';
import { ElsewhereDesk } from './desk-elsewhere.js';
import { bindKeys } from './desk-keys.js';
import { frame, refresh } from './desk-view.js';
import { Drawer } from './elements/context.js';
import { Dialogs } from './elements/dialogs.js';
import { sheetFor } from './paint.js';

const SHELL_MS = 1500; // until the page itself is kept for working without a network
const BLANK_MS = 300; // for which the page may wait with its first layout
const PAUSE_MS = 100; // what is fetched ahead gives way to what is being shown
const AHEAD = 3; // sentences fetched before they are needed
const AHEAD_LONG = 12; // as many where twice that is left: five minutes without a network

class LabelDesk extends ElsewhereDesk {
  async connectedCallback() {
    try {
      await this.#start();
    } catch (problem) {
      const again = el('button.primary', { type: 'button', onclick: () => location.reload() }, t('Try again'));
      this.replaceChildren(el('div.empty', {}, el('p', { role: 'alert' }, t('The page could not be put together: {reason}', { reason: problem.message })), again));
    }
  }

  async #start() {
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
    // with the page, or asked for before anything else is there
    const { leased } = this.dataset;
    this.leased = leased ? Promise.resolve(JSON.parse(leased)) : this.#lease([]);
    this.leased.catch(() => {});
    delete this.dataset.leased;
    const [scheme, registry, db] = await Promise.all([
      ask('GET', this.dataset.schemeUrl), askAll(`/api/v1/projects/${this.project}/registry`, 'entries'), openStore(),
      loadMessages(this.dataset.messagesUrl, this.language), this.keyNames.learn(),
    ]);
    this.scheme = scheme;
    this.keys = commandKeys(scheme);
    this.db = db;
    this.entries = registry.entries.map(withFolded);
    await this.recall();
    document.adoptedStyleSheets.push(sheetFor(scheme.layers.entities.labels));
    this.outbox = new Outbox(db, this.person, (save) => this.send(save), (state, told) => this.onOutbox(state, told));
    this.hidden = true; // laid out once, with its first sentence, unless that is long in coming
    setTimeout(() => { this.hidden = false; }, BLANK_MS);
    this.parts = frame(this);
    this.dialogs = new Dialogs(this);
    this.drawer = new Drawer(this);
    bindKeys(this);
    await this.#begin();
    this.learnPhrases().catch(() => {}); // without a network: what this browser has
    setTimeout(() => this.#keepShell(), SHELL_MS);
  }

  refresh() {
    refresh(this);
  }

  get sentence() {
    return this.sentences.get(this.order[this.at]);
  }

  /** Open a dialog: keys, flag, comment, skip, newSpeaker, conflict, refused, signIn. */
  dialog(name, ...told) {
    return this.dialogs[name](...told);
  }

  /** Open or close what stands beside the sentence: document, mine, guideline. */
  aside(name) {
    return this.drawer.toggle(name);
  }

  // --- going ---------------------------------------------------------------------------------------

  async #begin() {
    const wanted = Number(new URLSearchParams(location.search).get('sentence'));
    try {
      if (wanted) await this.#load(wanted);
      await this.#fetchAhead();
    } catch (problem) {
      this.hidden = false;
      if (problem.status === 401) return this.signedOut(() => location.reload());
      if (problem.status || !(await this.#takeKept())) {
        return this.parts.status(t('The sentences could not be loaded. Is there a network?'), () => location.reload());
      }
    }
    this.hidden = false;
    await (this.order.length ? this.show(0) : this.parts.finished());
    for (const save of await this.outbox.waiting()) if (save.state !== 'waiting') await this.reopen(save).catch(() => {});
    return this.outbox.flush();
  }

  /** Without a network: the sentences that an earlier page fetched and that are not answered yet. True for any. */
  async #takeKept() {
    const kept = await keptSentences(this.db, this.person, this.project);
    await this.prepare(...kept);
    for (const sentence of kept) if (!['submitted', 'skipped'].includes(sentence.annotation?.state)) this.#take(sentence);
    return this.order.length > 0;
  }

  #keepShell() {
    const addresses = [this.dataset.schemeUrl, `/api/v1/projects/${this.project}/registry?limit=5000`, `/api/v1/projects/${this.project}/guideline`];
    return keepShell({ person: this.person, addresses }).catch(() => {}); // no room, or not allowed: it works without
  }

  /** A conflict or a refusal of an earlier visit is put before the person again. */
  async reopen(save) {
    const stands = await ask('GET', `/api/v1/sentences/${save.sentence}`);
    this.#take(stands);
    if (save.state === 'conflict') return this.resolve({ sentence: save.sentence, current: stands.annotation, yours: save.body });
    return this.goTo(save.sentence);
  }

  async #load(id) {
    this.#take(await ask('GET', `/api/v1/sentences/${id}`));
  }

  #take(sentence) {
    if (!this.sentences.has(sentence.id)) {
      this.sentences.set(sentence.id, sentence);
      this.versions.set(sentence.id, sentence.version);
    }
    if (!this.order.includes(sentence.id)) this.order.push(sentence.id);
  }

  #lease(holding) {
    return ask('POST', `/api/v1/projects/${this.project}/leases`, { count: 4, holding });
  }

  async #fetchAhead() {
    const ahead = this.order.length - 1 - this.at;
    if (this.fetching || ahead >= (this.left > 2 * AHEAD_LONG ? AHEAD_LONG : AHEAD)) return;
    this.fetching = true;
    try {
      const pending = (await this.outbox.waiting()).map((save) => save.sentence);
      const holding = [...new Set([...this.order.slice(-30), ...pending.slice(-20)])];
      let loaded = await (this.leased ?? this.#lease(holding));
      // the first was reserved before anybody knew what still waits here to be sent
      if (this.leased && loaded.sentences.length && loaded.sentences.every(({ id }) => pending.includes(id))) loaded = await this.#lease(holding);
      const fresh = loaded.sentences.filter(({ id }) => !pending.includes(id));
      await this.prepare(...fresh); // so that showing it waits for nothing
      fresh.forEach((sentence) => this.#take(sentence));
      keepSentences(this.db, this.person, this.project, fresh).catch(() => {});
      this.left = loaded.progress.left;
      this.parts.progress(loaded.progress);
      this.exhausted = loaded.sentences.length === 0;
    } finally {
      this.fetching = false;
      this.leased = null;
    }
    if (!this.exhausted) setTimeout(() => this.#fetchAhead().catch(() => {}), PAUSE_MS);
  }

  /** Show a sentence with what is known of its answer: what is unsent, the browser's draft, else the server's. */
  async show(at, answer = null) {
    this.at = at;
    const { sentence } = this;
    if (!sentence.prepared) await this.prepare(sentence);
    const { draft } = sentence;
    const version = this.versions.get(sentence.id);
    const stored = sentence.edited ?? answers.answerOf(sentence.annotation);
    this.offsets = new Offsets(sentence.text);
    this.answer = answer ?? (draft?.base === version ? draft.answer : null) ?? stored;
    this.stored = JSON.stringify(stored);
    this.row = 0;
    this.told = false;
    this.layer = 'speaker';
    this.taken = [...(draft?.taken ?? sentence.annotation?.provenance?.taken ?? [])];
    this.shown = new Set();
    this.lastMark = this.spread = null;
    const { provenance, active_ms: active } = sentence.annotation ?? {};
    this.activity.reset(active ?? 0, provenance?.layer_ms, provenance?.events);
    this.parts.text.show(sentence.text, this.direction, sentence.language);
    this.offer();
    this.parts.place(sentence);
    delete this.parts.stage.dataset.wide;
    this.refresh();
    this.#fetchAhead().catch(() => {});
    if (draft && draft.base !== version && JSON.stringify(draft.answer) !== this.stored) this.resolveDraft(draft);
  }

  async goTo(id) {
    await this.keepUnfinished();
    if (!this.order.includes(id)) await this.#load(id);
    await this.show(this.order.indexOf(id));
  }

  async previous() {
    if (this.at <= 0) return this.parts.say(t('This is the first sentence of this sitting. Your earlier work is in “My work”.'));
    await this.keepUnfinished();
    return this.show(this.at - 1);
  }

  async next() {
    let at = this.#unfinished();
    if (at < 0 && !this.exhausted) {
      await this.#fetchAhead().catch(() => {});
      at = this.#unfinished();
    }
    if (at >= 0) return this.show(at);
    return this.exhausted ? this.parts.finished() : this.parts.status(t('The next sentence could not be loaded. Your work is kept.'), () => this.next());
  }

  /** The place of the next sentence that is not done: onward first, then what was left behind; -1 for none. */
  #unfinished() {
    const open = (id, at) => at !== this.at && !['submitted', 'skipped'].includes(this.sentences.get(id).annotation?.state);
    const onward = this.order.findIndex((id, at) => at > this.at && open(id, at));
    return onward >= 0 ? onward : this.order.findIndex(open);
  }

  async step(direction) {
    const step = this.history[direction]();
    if (!step) return this.parts.say(direction === 'undo' ? t('There is nothing to undo.') : t('There is nothing to redo.'));
    const answer = direction === 'undo' ? step.before : step.after;
    if (step.id !== this.sentence?.id) {
      await this.keepUnfinished();
      if (!this.order.includes(step.id)) await this.#load(step.id);
      await this.show(this.order.indexOf(step.id), answer);
    }
    const kept = step.others.map(({ id, before, after }) => this.keepOther(id, direction === 'undo' ? before : after));
    this.answer = answer;
    this.row = Math.min(this.row, answer.statements.length - 1);
    this.offerEntities();
    this.refresh();
    this.parts.say(direction === 'undo' ? t('Undone.') : t('Done again.'));
    await Promise.all([this.keepDraft(), ...kept]);
    return this.sentence.annotation ? this.keepUnfinished() : undefined;
  }

  // --- leaving -------------------------------------------------------------------------------------

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

  /** The next sentence does not wait for the save, which runs behind. */
  async #leave(state, more) {
    this.saving = true;
    const kept = this.save(state, more);
    kept.catch((problem) => this.parts.say(t('This browser could not keep the answer: {reason}', { reason: problem.message })));
    try {
      await this.next();
    } finally {
      this.saving = false;
    }
  }

  focusBack() {
    this.parts.main.focus({ preventScroll: true });
  }
}

customElements.define('label-desk', LabelDesk);
