// The keys of the labelling screen: one key, one meaning. With words selected, the entity keys apply.

import { codeOf, labelKeys } from './lib/keys.js';
import { placeAddress } from './lib/shell.js';

const RING = ['speaker', 'stance', 'claim_type', 'entities'];

export function bindKeys(desk) {
  const labels = labelKeys(desk.scheme);
  const commands = commandsOf(desk);
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || !event.code) return;
    if (desk.keyNames.see(event)) desk.parts.renameKeys();
    if (event.defaultPrevented) return; // it meant something where it was pressed
    if (everywhere(desk, event) || (!busy(desk, event) && press(desk, event, labels, commands))) event.preventDefault();
  });
  document.querySelector('form[action$="/sign-out"]')?.addEventListener('submit', (event) => {
    event.preventDefault();
    desk.signOut(event.target);
  });
  document.querySelector('form[action$="/language"]')?.addEventListener('submit', ({ target }) => {
    target.elements.next.value = placeAddress(desk.project);
  });
  document.addEventListener('pointerdown', () => desk.answer && desk.activity.touch(null));
  // a button pressed by mouse must not catch the next Enter or Space
  desk.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (event.detail > 0 && button && document.activeElement === button && !desk.dialogs.open) desk.focusBack();
  });
}

/** Whether the press belongs to a field or a dialog, or comes before the next sentence stands. */
function busy(desk, event) {
  const field = event.target.closest?.('input:not([type=checkbox]), textarea, select');
  return desk.leaving || desk.dialogs.open || Boolean(field);
}

/** What works wherever the focus is. */
function everywhere(desk, event) {
  const code = codeOf(event);
  if (code !== 'F1' && code !== 'F2') return false;
  if (!desk.dialogs.open) code === 'F1' ? desk.dialog('keys') : desk.aside('mine');
  return true; // the browser's own help would hide what is being written
}

/** What works where no sentence is shown: at the end, or while the next one cannot be had. */
function without(desk, event, code) {
  if (event.ctrlKey || event.metaKey) return chord(desk, event, code);
  if (code === desk.keys.previous) desk.previous();
  else if (code === desk.keys.guideline) desk.aside('guideline');
  else return false;
  return true;
}

/** True when the press meant something. */
function press(desk, event, labels, commands) {
  const code = codeOf(event);
  if (!desk.onScreen) return without(desk, event, code);
  const { text } = desk.parts;
  if (code === 'Enter' && event.repeat) return true; // a held key saves once
  if (!['Shift', 'Control', 'Alt', 'Meta', 'AltGraph'].includes(event.key)) desk.activity.touch(null);
  if (code.startsWith('Bracket')) {
    desk.resize(code === 'BracketRight' ? 1 : -1, event.altKey ? 'particle' : event.ctrlKey ? 'character' : 'word', event.shiftKey ? 'start' : 'end');
    return true;
  }
  if (event.ctrlKey || event.metaKey) return chord(desk, event, code);
  if (event.altKey) return false;
  if (code.startsWith('Arrow')) return arrow(desk, event, code);
  if (event.shiftKey && code === 'Slash') return Boolean(desk.dialog('keys'));
  if (native(event, code)) return false;
  if (event.shiftKey && code !== 'Tab') return run(commands[`Shift+${code}`], event);
  const entity = text.chosen ? labels.entities.get(code) : null;
  if (entity) desk.markEntity(entity.id);
  else if (text.hints && (code === 'Space' || code === 'Escape')) text.closeHints();
  else if (text.hints && text.typeHint(code)) return true;
  else if (labels.sentence.has(code)) setLabel(desk, labels.sentence.get(code));
  else return run(commands[code], event);
  return true;
}

/** True when there is such a command and it meant this press. */
function run(command, event) {
  return command ? command(event) !== false : false;
}

/** A button that was reached by keyboard does what it says; elsewhere Enter saves and Space is the word cursor. */
function native(event, code) {
  const pressed = event.target.closest?.('button, a, summary');
  if (!pressed?.matches(':focus-visible')) return false;
  if (code === 'Enter') return !pressed.closest('.layers, .entities');
  return code === 'Space';
}

function setLabel(desk, { layer, id }) {
  if (layer === 'speaker') desk.setSpeaker(desk.entry(id));
  else if (layer === 'attribution') desk.setAttribution(id);
  else if (layer === 'stance_target') desk.setTarget(id);
  else if (layer === 'stance') desk.setStance(id);
  else desk.setClaimType(id);
}

function chord(desk, event, code) {
  if (code === 'KeyZ') desk.step(event.shiftKey ? 'redo' : 'undo');
  else if (code === 'KeyY') desk.step('redo');
  else return false;
  return true;
}

/** Arrows follow the reading direction: in a right-to-left text ← goes on. */
function arrow(desk, event, code) {
  const { text } = desk.parts;
  const down = code === 'ArrowDown';
  if (!text.cursor) {
    const panel = event.target.closest?.('.panel, .palette');
    if (panel) return step(panel, down || code === (document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight') ? 1 : -1);
    return code === 'ArrowUp' || down ? Boolean(desk.widen(down ? 'after' : 'before')) : false;
  }
  if (code === 'ArrowUp' || down) text.moveCursorLine(down ? 1 : -1, event.shiftKey);
  else text.moveCursor(code === (desk.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight') ? 1 : -1, event.shiftKey);
  return true;
}

/** To the next button of a layer. */
function step(panel, by) {
  const buttons = [...panel.querySelectorAll('button:not(:disabled), input')];
  const at = buttons.indexOf(document.activeElement);
  buttons.at((at < 0 && by < 0 ? 0 : at + by) % buttons.length)?.focus();
  return true;
}

/** The commands by their keys, which the scheme may move; those of the keyboard itself stay. */
function commandsOf(desk) {
  const { text, picker } = desk.parts;
  const ring = (event) => {
    if (event.target.closest?.('.tools, .actions, .besides, .top')) return false;
    const at = event.target.closest?.('.panel') ? RING.indexOf(event.target.closest('.panel').dataset.layer) : -1;
    const to = event.shiftKey ? (at < 0 ? RING.length : at) - 1 + RING.length : at + 1;
    desk.layer = RING[to % RING.length];
    desk.parts.focusLayer(desk.layer);
    return true;
  };
  const escape = () => {
    if (text.clear()) return;
    if (desk.drawer.shown) desk.drawer.close();
    else desk.querySelector('.tools button').focus(); // out of the ring of layers
  };
  const acts = {
    save_next: () => desk.submit(), previous: () => desk.previous(), skip: () => desk.dialog('skip'),
    flag: () => desk.dialog('flag'), comment: () => desk.remark(), guideline: () => desk.aside('guideline'), document: () => desk.aside('document'),
    cursor: () => text.toggleCursor(), hints: () => text.openHints((code) => desk.keyNames.name(code)), remove_mark: () => desk.removeMark(),
    next_offer: () => desk.entityOffers.length && desk.takeEntities(desk.entityOffers.slice(0, 1)),
    all_offers: () => desk.entityOffers.length && desk.takeEntities(desk.entityOffers), elsewhere: () => desk.takeElsewhere(),
    speakers: () => speaker(desk), same_speaker: () => desk.takePrevious(), speaker_sentences: () => desk.aside('speaker'),
    first_name: () => desk.takeCandidate(0), second_name: () => desk.takeCandidate(1), third_name: () => desk.takeCandidate(2),
    no_claim_line: () => desk.setNoClaim(), add_statement: () => desk.addRow(), remove_statement: () => desk.removeRow(),
    next_statement: () => desk.showRow(desk.row + 1), previous_statement: () => desk.showRow(desk.row - 1),
  };
  const commands = { Delete: acts.remove_mark, Slash: () => picker.open(''), Escape: escape, Tab: ring };
  for (const [name, code] of Object.entries(desk.keys)) if (code) commands[code] = acts[name];
  return commands;
}

/** Words are selected: they name the speaker, who is looked for by them where none is chosen yet. */
function speaker(desk) {
  if (desk.span && desk.statement.speaker) desk.setSurface(desk.span);
  else desk.parts.picker.open(desk.span?.text ?? '');
}
