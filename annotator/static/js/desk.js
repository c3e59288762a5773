// The labelling screen: one sentence at a time, saved behind the annotator's back, nothing ever lost.

import * as answers from './lib/answer.js';
import { ask, askAll } from './lib/api.js';
import { el } from './lib/dom.js';
import { commandKeys } from './lib/commands.js';
import { KeyNames } from './lib/keys.js';
import { loadMessages, t } from './lib/messages.js';
import { Offsets } from './lib/offsets.js';
import { Outbox, openStore, openedPage } from './lib/outbox.js';
import { keepSentences, keepShell, keptSentences, wantedPlace } from './lib/shell.js';
import { Activity, History } from './lib/sitting.js';
import { withFolded } from './desk-answer.js';
import { bindKeys } from './desk-keys.js';
import { StepsDesk } from './desk-steps.js';
import { frame, refresh } from './desk-view.js';
import { Drawer } from './elements/context.js';
import { Dialogs } from './elements/dialogs.js';
import { sheetFor } from './paint.js';

const SHELL_MS = 1500; // until the page itself is kept for working without a network
const BLANK_MS = 300; // for which the page may wait with its first layout
const LATE_MS = 150; // after which a sentence that is waited for is told of
const PAUSE_MS = 100; // what is fetched ahead gives way to what is being shown
const AHEAD = 3; // sentences fetched before they are needed
const AHEAD_LONG = 12; // as many where twice that is left: five minutes without a network

class LabelDesk extends StepsDesk {
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
    this.page = openedPage();
    this.history = new History();
    this.activity = new Activity();
    this.keyNames = new KeyNames(this.language);
    // with the page, or asked for before anything else is there
    const { leased } = this.dataset;
    this.leased = leased ? Promise.resolve(JSON.parse(leased)) : this.#lease([]);
    this.leased.catch(() => {});
    delete this.dataset.leased;
    const [scheme, registry] = await Promise.all([
      ask('GET', this.dataset.schemeUrl), askAll(`/api/v1/projects/${this.project}/registry`, 'entries'),
      openStore().then((db) => this.recall(db)), loadMessages(this.dataset.messagesUrl, this.language), this.keyNames.learn(),
    ]);
    this.scheme = scheme;
    this.keys = commandKeys(scheme);
    this.entries = registry.entries.map(withFolded);
    document.adoptedStyleSheets.push(sheetFor(scheme.layers.entities.labels));
    this.outbox = new Outbox(this.db, this.person, this.project, (save) => this.send(save), (state, told) => this.onOutbox(state, told));
    this.hidden = true; // laid out once, with its first sentence, unless that is long in coming
    setTimeout(() => { this.hidden = false; }, BLANK_MS);
    this.parts = frame(this);
    this.dialogs = new Dialogs(this);
    this.drawer = new Drawer(this);
    bindKeys(this);
    addEventListener('online', () => this.tryAgain());
    addEventListener('beforeunload', (event) => this.outbox.atRisk && event.preventDefault());
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

  /** Whether a sentence stands on the screen: at the end, and while the next one is waited for, none does. */
  get onScreen() {
    return Boolean(this.sentence) && !this.parts.main.hidden;
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
    const wanted = wantedPlace(this.project);
    try {
      if (wanted && !(await this.leased).sentences.some(({ id }) => id === wanted)) await this.#load(wanted).catch(gone);
      await this.#fetchAhead();
    } catch (problem) {
      this.hidden = false;
      if (problem.status === 401) return this.signedOut(() => location.reload());
      if (problem.status || !(await this.#takeKept())) {
        return this.parts.status(t('The sentences could not be loaded. Is there a network?'), () => location.reload());
      }
    }
    this.hidden = false;
    await (this.order.length ? this.show(Math.max(0, this.order.indexOf(wanted))) : this.parts.finished());
    this.parts.light('saved', await this.outbox.retry());
    for (const save of await this.outbox.waiting()) if (save.state === 'conflict' && !this.outbox.isForeign(save)) await this.reopen(save).catch(() => {});
    await this.outbox.flush();
    return this.sendLeft();
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

  /** A conflict or a refusal is put before the person again: on the screen of its project. */
  async reopen(save) {
    if (this.outbox.isForeign(save)) return location.assign(`/projects/${save.project}/label?sentence=${save.sentence}`);
    const stands = await this.fetched(save.sentence);
    this.#take(stands);
    if (save.state === 'conflict') return this.resolve({ sentence: save.sentence, current: stands.annotation, yours: save.body });
    return this.goTo(save.sentence);
  }

  async #load(id) {
    this.#take(await this.fetched(id));
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

  /** Fetch what is not far off; who asks meanwhile waits for the same answer. */
  #fetchAhead() {
    const ahead = this.order.length - 1 - this.at;
    if (!this.fetching && ahead >= (this.left > 2 * AHEAD_LONG ? AHEAD_LONG : AHEAD)) return Promise.resolve();
    this.fetching ??= this.#fetch().finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async #fetch() {
    const { leased } = this;
    this.leased = null;
    const kept = await this.kept();
    const pending = kept[0].map((save) => save.sentence);
    const holding = [...new Set([...this.order.slice(-30), ...pending.slice(-20)])];
    let loaded = await (leased ?? this.#lease(holding));
    // the first was reserved before anybody knew what still waits here to be sent
    if (leased && loaded.sentences.length && loaded.sentences.every(({ id }) => pending.includes(id))) loaded = await this.#lease(holding);
    const fresh = loaded.sentences.filter(({ id }) => !pending.includes(id));
    this.prepareFrom(leased ? kept : await this.kept(), fresh); // so that showing it waits for nothing
    fresh.forEach((sentence) => this.#take(sentence));
    this.left = loaded.progress.left;
    this.parts.progress(loaded.progress);
    this.exhausted = loaded.sentences.length === 0;
    setTimeout(() => {
      keepSentences(this.db, this.person, this.project, fresh.filter(({ id, version }) => this.versions.get(id) === version)).catch(() => {});
      if (!this.exhausted) this.#fetchAhead().catch(() => {});
    }, PAUSE_MS);
  }

  /** Show a sentence with what is known of its answer: what is unsent, the browser's draft, else the server's. */
  async show(at, answer = null) {
    const sentence = this.sentences.get(this.order[at]);
    if (!sentence.prepared) await this.prepare(sentence);
    if (sentence.annotation && sentence.draft && sentence.draft.base !== this.versions.get(sentence.id)) await this.sendDraft(sentence);
    this.at = at; // with its answer: no key may find the one without the other
    const { draft } = sentence;
    const stored = sentence.edited ?? answers.answerOf(sentence.annotation);
    this.offsets = new Offsets(sentence.text);
    this.answer = answer ?? draft?.answer ?? stored;
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
  }

  goTo(id) {
    return this.going(async () => {
      await this.keepUnfinished();
      await this.goThere(id);
    });
  }

  /** Show a sentence of any sitting. False, and told, where it cannot be had. */
  async goThere(id, answer = null) {
    try {
      if (!this.order.includes(id)) await this.#load(id);
    } catch (problem) {
      this.parts.say(problem.status === 404 ? t('This sentence is no longer there.') : t('This could not be loaded. Is there a network?'));
      return false;
    }
    await this.show(this.order.indexOf(id), answer);
    return true;
  }

  previous() {
    const to = this.onScreen || !this.sentence ? this.at - 1 : this.at; // while the next one is waited for, back to the last
    if (to < 0) return this.parts.say(t('This is the first sentence of this sitting. Your earlier work is in “My work”.'));
    return this.going(async () => {
      await this.keepUnfinished();
      await this.show(to);
    });
  }

  async next() {
    let at = this.#unfinished();
    if (at < 0 && !this.exhausted) {
      const late = setTimeout(() => this.parts.status(t('Loading the next sentence …')), LATE_MS);
      await this.#fetchAhead().catch(() => {});
      clearTimeout(late);
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

  // --- leaving -------------------------------------------------------------------------------------

  /** Save and go on, or tell what is still open. */
  async submit() {
    if (this.leaving || !this.sentence) return undefined; // a second press before the next sentence stands is the same press
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
    this.noteSkip(reason);
    return this.#leave('skipped', { skip_reason: reason });
  }

  /** The next sentence does not wait for the save, which runs behind. */
  #leave(state, more) {
    return this.going(() => {
      this.save(state, more).catch((problem) => this.parts.say(t('This browser could not keep the answer: {reason}', { reason: problem.message })));
      return this.next();
    });
  }

  focusBack() {
    this.parts.main.focus({ preventScroll: true });
  }
}

/** An address can outlive its sentence; any other problem is one. */
function gone(problem) {
  if (problem.status !== 404) throw problem;
}

customElements.define('label-desk', LabelDesk);
