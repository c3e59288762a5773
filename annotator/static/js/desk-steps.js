// Undo and redo over sentences: the answer as it was, and what had become of it.

import { t } from './lib/messages.js';
import { ElsewhereDesk } from './desk-elsewhere.js';

export class StepsDesk extends ElsewhereDesk {
  /** `direction`: undo or redo. One step after the other, however fast the keys come. */
  step(direction) {
    this.stepping = (this.stepping ?? Promise.resolve()).then(() => this.#step(direction)).catch((problem) => this.parts.say(problem.message));
    return this.stepping;
  }

  /** What the server has of the answer follows at once. */
  async #step(direction) {
    const undoing = direction === 'undo';
    const step = this.history[direction]();
    if (!step) return this.parts.say(undoing ? t('There is nothing to undo.') : t('There is nothing to redo.'));
    const answer = undoing ? step.before : step.after;
    if (!this.onScreen || step.id !== this.sentence.id) {
      await this.keepUnfinished();
      if (!(await this.goThere(step.id, answer))) return this.history[undoing ? 'redo' : 'undo']();
    }
    const stood = this.standing();
    const wanted = undoing ? step.from : step.to ?? step.stood;
    if (undoing) step.stood = stood; // a finished answer that is undone and done again is finished again
    const kept = step.others.map(({ id, before, after }) => this.keepOther(id, undoing ? before : after));
    this.answer = answer;
    this.row = Math.min(this.row, answer.statements.length - 1);
    this.offerEntities();
    this.refresh();
    this.parts.say(undoing ? t('Undone.') : t('Done again.'));
    await Promise.all([this.keepDraft(), ...kept]);
    return stood ? this.keepUnfinished(wanted) : undefined;
  }

  /** Go to another sentence: until it stands, no key labels the one that is left. */
  async going(go) {
    if (this.leaving) return;
    this.leaving = true;
    try {
      await go();
    } finally {
      this.leaving = false;
    }
  }

  /** What could not be had, when the network is back. */
  tryAgain() {
    const { again } = this;
    this.again = null; // once, however many saves come through
    again?.();
  }

  /** Leave the sentence without an answer; that can be undone like any other step. */
  noteSkip(reason) {
    const { sentence: { id }, answer } = this;
    const from = this.standing() ?? { state: 'draft' };
    this.history.add({ id, before: answer, after: answer, others: [], from, to: { state: 'skipped', skip_reason: reason } });
  }
}
