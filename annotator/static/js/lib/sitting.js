// What a sitting remembers: the steps that can be undone, and the time that each layer took.

const MOST_STEPS = 200;

/** Undo and redo over sentences: each step knows its sentence and both answers. */
export class History {
  #done = [];
  #undone = [];

  /**
   * A step: {id, before, after, others, from, to}. `others` are like steps of other sentences; `from` and `to` say what
   * became of the answer ({state, skip_reason}) where the step changed that. Equal answers are none.
   */
  add(step) {
    if (!step.others?.length && !step.to && JSON.stringify(step.before) === JSON.stringify(step.after)) return;
    this.#done.push(step);
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone = [];
  }

  undo() {
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
    return step ?? null;
  }

  redo() {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    return step ?? null;
  }

  /** Change every answer that could come back: a speaker has another id now. */
  rename(renamed) {
    for (const step of [...this.#done, ...this.#undone]) {
      for (const one of [step, ...(step.others ?? [])]) Object.assign(one, { before: renamed(one.before), after: renamed(one.after) });
    }
  }
}

export const IDLE_MS = 60_000;

/** Active milliseconds per layer, idle time cut off, and the number of input events of a sentence. */
export class Activity {
  #last = null;
  #pending = 0; // time of presses that have not told yet what they were about

  constructor(now = () => performance.now()) {
    this.now = now;
    this.reset();
  }

  reset(activeMs = 0, layers = {}, events = 0) {
    this.total = activeMs;
    this.layers = { ...layers };
    this.events = events;
    this.#last = this.now();
    this.#pending = 0;
  }

  /**
   * Something was pressed, clicked or moved; `layer` says what it was about, where that is known. Time goes to the
   * layer that it led to: the thought before a stance belongs to the stance, not to the layer answered before.
   */
  touch(layer, counts = true) {
    const at = this.now();
    const spent = Math.min(at - this.#last, IDLE_MS);
    this.#last = at;
    this.total += spent;
    this.#pending += spent;
    if (layer) this.#settle(layer);
    if (counts) this.events += 1;
  }

  #settle(layer) {
    if (this.#pending > 0) this.layers[layer] = Math.round((this.layers[layer] ?? 0) + this.#pending);
    this.#pending = 0;
  }

  /** What is stored with the answer; what led to no layer was reading. */
  measured() {
    this.#settle('reading');
    return { active_ms: Math.round(this.total), layers: { ...this.layers }, events: this.events };
  }
}
