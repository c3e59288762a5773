// What a sitting remembers: the steps that can be undone, and the time that each layer took.

const MOST_STEPS = 200;

/** Undo and redo over sentences: each step knows its sentence and both answers. */
export class History {
  #done = [];
  #undone = [];

  /** A step: {id, before, after}. Equal answers are none. */
  add(step) {
    if (JSON.stringify(step.before) === JSON.stringify(step.after)) return;
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
}

export const IDLE_MS = 60_000;

/** Active milliseconds per layer, idle time cut off, and the number of input events of a sentence. */
export class Activity {
  #last = null;
  #layer = 'reading';

  constructor(now = () => performance.now()) {
    this.now = now;
    this.reset();
  }

  reset(activeMs = 0, layers = {}, events = 0) {
    this.total = activeMs;
    this.layers = { ...layers };
    this.events = events;
    this.#last = this.now();
    this.#layer = 'reading';
  }

  /** Something was pressed, clicked or moved; `layer` says what it was about, where that is known. */
  touch(layer, counts = true) {
    const at = this.now();
    const spent = Math.min(at - this.#last, IDLE_MS);
    this.#last = at;
    this.total += spent;
    this.#layer = layer ?? this.#layer;
    this.layers[this.#layer] = Math.round((this.layers[this.#layer] ?? 0) + spent);
    if (counts) this.events += 1;
  }

  /** What is stored with the answer. */
  measured() {
    return { active_ms: Math.round(this.total), layers: { ...this.layers }, events: this.events };
  }
}
