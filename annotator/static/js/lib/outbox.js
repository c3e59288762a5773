// Unsent saves. Each is kept in the browser under its idempotency key until the server has it, so that
// nothing is lost by a reload, a crash, a lost network or an ended session, and nothing is stored twice.

import { Problem } from './api.js';
import { t } from './messages.js';

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const UNKEPT = 2 ** 50; // ids from here on: saves that the browser's store could not take, so that only this page has them

export function openStore(name = 'isnad') {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 3);
    opening.onupgradeneeded = () => {
      const db = opening.result;
      const make = (store, keys) => db.objectStoreNames.contains(store) || db.createObjectStore(store, keys); // what is there stays
      make('saves', { keyPath: 'id', autoIncrement: true });
      make('drafts', { keyPath: ['person', 'sentence'] });
      make('marks', { keyPath: ['person', 'project'] });
      make('kept', { keyPath: ['person', 'id'] });
    };
    opening.onblocked = () => reject(new Error(t('Close the other tabs of Isnad, which are of an older version, and try again.')));
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** What `work` does to the store. Where it gives its one request, that is carried out even if the page goes away now. */
export function inStore(db, store, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: 'strict' });
    const request = work(transaction.objectStore(store));
    if (request) transaction.commit?.();
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** A name for this page, by which other tabs see that it is still open. */
export function openedPage() {
  const page = crypto.randomUUID();
  globalThis.navigator?.locks?.request(`isnad-page ${page}`, () => new Promise(() => {})).catch(() => {}); // held as long as it is
  return page;
}

/** The pages that are open in this browser, as far as it tells. */
export async function openPages() {
  const { held = [] } = (await globalThis.navigator?.locks?.query()) ?? {};
  return held.map(({ name }) => name.split(' ')[1]);
}

/**
 * Sends saves one after another in the order of their making; `onchange(state, detail)` is told of each turn:
 * queued, saved, offline, signed-out, conflict, refused.
 *
 * Saves of one sentence made on one page build on each other: they share a line. Those of another tab do
 * not, so that two tabs at one sentence end in a conflict, never in a silent overwrite.
 */
export class Outbox {
  #db;
  #send;
  #onchange;
  #lines = new Map(); // sentence → line of this page
  #versions = new Map(); // line → version that the server gave last
  #running = false;
  #timer = null;
  #failures = 0;
  #storing = 0; // saves on their way into the browser's store
  #unkept = []; // saves that it could not take: no room, or not allowed
  #sent = new Set(); // keys of saves that the server has, though the browser could not forget them
  #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('isnad-outbox') : null;

  /** `send(save)` gives the server's answer or throws; `person` keeps people at one browser apart, `project` is told of each save. */
  constructor(db, person, project, send, onchange) {
    this.#db = db;
    this.person = person;
    this.project = project;
    this.#send = send;
    this.#onchange = onchange;
    globalThis.addEventListener?.('online', () => this.flush());
    this.#channel?.addEventListener('message', ({ data: told }) => this.#hear(told));
  }

  /**
   * Keep a save; resolves when the browser has it. One that was never sent gives way to it. Where the browser cannot
   * keep it, this page does until it is sent; the light says so.
   */
  async put(sentence, base, body) {
    this.#onchange('queued', { sentence, ...this.#risk() });
    this.#storing += 1;
    try {
      await this.#store(sentence, base, body);
    } finally {
      this.#storing -= 1;
    }
    this.flush();
  }

  async #store(sentence, base, body) {
    if (!this.#lines.has(sentence)) this.#lines.set(sentence, crypto.randomUUID());
    const line = this.#lines.get(sentence);
    const known = Math.max(base, this.#versions.get(line) ?? 0);
    const last = (await this.waiting()).filter((save) => save.line === line).at(-1);
    const save = { sentence, base: known, body, person: this.person, project: this.project, line, key: crypto.randomUUID(), state: 'waiting', tried: false };
    try {
      if (last?.state === 'conflict') await this.#keep({ ...save, id: last.id, base: last.base }); // asked about again
      else if (last && (!last.tried || last.state === 'refused')) await this.#keep({ ...save, id: last.id, base: Math.max(last.base, known) });
      else await inStore(this.#db, 'saves', 'readwrite', (store) => store.add(save));
    } catch {
      this.#unkept.push({ ...save, id: UNKEPT + this.#lines.size + this.#unkept.length });
      this.#onchange('queued', { sentence, ...this.#risk() });
    }
  }

  /** Whether something would be lost with this page. */
  get atRisk() {
    return this.#unkept.length > 0;
  }

  #risk() {
    return { unkept: this.#unkept.length };
  }

  /** Whether a save, or what is told of one, is of another project than this page. */
  isForeign({ project }) {
    return project !== undefined && project !== this.project;
  }

  async waiting() {
    const stored = await inStore(this.#db, 'saves', 'readonly', (store) => store.getAll()).catch(() => []);
    return [...stored, ...this.#unkept].filter((save) => save.person === this.person && !this.#sent.has(save.key));
  }

  /** What the saves of a sentence build on here; undefined before the first. */
  lineOf(sentence) {
    return this.#lines.get(sentence);
  }

  /** The last unsent saves of sentences that an earlier page left, by sentence; this page's saves then build on them. */
  adopt(sentences, waiting) {
    const last = new Map(waiting.map((save) => [save.sentence, save]));
    const left = sentences.filter((id) => last.has(id) && !this.#lines.has(id));
    for (const id of left) this.#lines.set(id, last.get(id).line);
    return new Map(left.map((id) => [id, last.get(id)]));
  }

  /** Forget the unsent saves of a sentence: the person has chosen the other version. */
  async drop(sentence) {
    for (const save of await this.waiting()) if (save.sentence === sentence) await this.#remove(save.id);
    this.#lines.delete(sentence);
  }

  /** Send a conflicting save again on top of the version that stands now. */
  async overwrite(sentence, base) {
    const saves = (await this.waiting()).filter((save) => save.sentence === sentence);
    const last = saves.pop();
    for (const save of saves) await this.#remove(save.id);
    if (!last) return;
    this.#lines.set(sentence, last.line);
    await this.#amend(last, { ...last, base, key: crypto.randomUUID(), state: 'waiting', tried: false }); // never out of the store
    this.#onchange('queued', { sentence, ...this.#risk() });
    this.flush();
  }

  /** What was refused on an earlier visit is sent again: it may be accepted now, and else the reason is told. */
  async retry() {
    for (const save of await this.waiting()) if (save.state === 'refused' && !this.isForeign(save)) await this.#amend(save, { ...save, state: 'waiting' });
    return this.counts();
  }

  /** Try again what could not be sent: after signing in, or when the network is back. */
  async flush() {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      // one tab at a time sends; another tab's turn comes when this one is through
      if (globalThis.navigator?.locks) await navigator.locks.request('isnad-outbox', () => this.#sendAll());
      else await this.#sendAll();
    } finally {
      this.#running = false;
    }
    if (this.#failures === 0 && (await this.#nextSave())) this.flush(); // put while the last one was on its way
  }

  async #sendAll() {
    for (let save = await this.#nextSave(); save; save = await this.#nextSave()) {
      try {
        if (!(await this.#amend(save, { ...save, tried: true }))) continue; // a newer body took its place
        const sent = { ...save, base: Math.max(save.base, this.#versions.get(save.line) ?? 0) };
        const answer = await this.#send(sent);
        this.#failures = 0;
        await this.#settle(save, answer);
      } catch (problem) {
        if (!(await this.#fail(save, problem))) return;
      }
    }
  }

  /** The oldest save that may go: those of a sentence wait behind one that is in conflict or was refused. */
  async #nextSave() {
    const all = await this.waiting();
    return all.find(
      (save) => save.state === 'waiting' && !all.some((other) => other.id < save.id && other.line === save.line),
    );
  }

  /** The save is stored: those behind it in its line build on its version. */
  async #settle(save, answer) {
    this.#versions.set(save.line, answer.version);
    await this.#amend(save, null);
    for (const later of await this.waiting()) {
      if (later.line === save.line) await this.#amend(later, { ...later, base: answer.version });
    }
    const told = { sentence: save.sentence, project: save.project, line: save.line, answer, ...(await this.counts()) };
    this.#channel?.postMessage({ person: this.person, told });
    this.#onchange('saved', told);
  }

  /** Another tab has sent something: perhaps a save that this page made. */
  #hear({ person, told }) {
    if (person !== this.person || this.#lines.get(told.sentence) !== told.line) return;
    this.#versions.set(told.line, told.answer.version);
    this.#onchange('saved', { ...told, elsewhere: true });
  }

  /** What a failure means; true when other sentences may go on. */
  async #fail(save, problem) {
    const { status, content } = problem instanceof Problem ? problem : { status: 0, content: {} };
    const refused = [400, 403, 404, 409, 413, 422].includes(status);
    if ((status === 412 || refused) && (await this.#overtaken(save))) return true;
    if (status === 412) {
      await this.#amend(save, { ...save, tried: true, state: 'conflict' });
      this.#onchange('conflict', { sentence: save.sentence, project: save.project, current: content.current, yours: save.body });
      return true;
    }
    if (status === 401) {
      this.#failures = 1;
      this.#onchange('signed-out', this.#risk());
      return false;
    }
    if (refused) {
      await this.#amend(save, { ...save, tried: true, state: 'refused' });
      this.#onchange('refused', { sentence: save.sentence, project: save.project, problem: content });
      return true;
    }
    const pause = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#onchange('offline', await this.counts());
    this.#timer = setTimeout(() => this.flush(), pause);
    return false;
  }

  /** Each save is the whole answer: one that is not accepted gives way to a later one of its line, where there is one. */
  async #overtaken(save) {
    const later = (await this.waiting()).some((other) => other.line === save.line && other.id > save.id);
    if (later) await this.#amend(save, null);
    return later;
  }

  /** How many saves are still to go, and how many wait for the person. */
  async counts() {
    const all = await this.waiting();
    const stuck = all.filter((save) => save.state !== 'waiting').length;
    return { left: all.length - stuck + this.#storing, stuck, ...this.#risk() };
  }

  /** Change (or with null remove) a save unless another body took its place meanwhile; true when it was still there. */
  async #amend(save, changed) {
    if (save.id >= UNKEPT) {
      const at = this.#unkept.findIndex(({ key }) => key === save.key);
      if (at >= 0) this.#unkept.splice(at, 1, ...(changed ? [changed] : []));
      return at >= 0;
    }
    let same = false;
    const work = (store) => {
      store.get(save.id).onsuccess = ({ target }) => {
        same = target.result?.key === save.key;
        if (same && changed) store.put(changed);
        else if (same) store.delete(save.id);
      };
    };
    try {
      await inStore(this.#db, 'saves', 'readwrite', work);
    } catch { // no room for the change: what is kept goes as it is, under its key, so that nothing is stored twice
      if (!changed) this.#sent.add(save.key);
    }
    return same;
  }

  #keep(save) {
    return inStore(this.#db, 'saves', 'readwrite', (store) => store.put(save));
  }

  #remove(id) {
    this.#unkept = this.#unkept.filter((save) => save.id !== id);
    return inStore(this.#db, 'saves', 'readwrite', (store) => store.delete(id));
  }
}
