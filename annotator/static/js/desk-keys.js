// The keys of the labelling screen: one key, one meaning. With words selected, the entity keys apply.

import { codeOf, typing } from './lib/keys.js';

const LAYERS = ['speaker', 'stance', 'claim_type', 'entities'];

export function bindKeys(desk) {
  const { layers } = desk.scheme;
  const entity = byKey(layers.entities.labels, (id) => desk.markEntity(id));
  const sentence = {
    ...byKey(layers.speaker.reserved, (id) => desk.setSpeaker(desk.entry(id))),
    ...byKey(layers.speaker.attribution, (id) => desk.setAttribution(id)),
    ...byKey(layers.stance.targets, (id) => desk.setTarget(id)),
    ...byKey(layers.stance.values, (id) => desk.setStance(id)),
    ...byKey(layers.claim_type.labels, (id) => desk.setClaimType(id)),
  };
  const commands = commandsOf(desk);
  document.addEventListener('keydown', (event) => {
    if (!desk.sentence || event.isComposing) return;
    if (desk.keyNames.see(event)) desk.parts.renameKeys();
    const code = codeOf(event);
    if (event.repeat && code === 'Enter') return event.preventDefault(); // a held key saves once
    if ((event.ctrlKey || event.metaKey) && code === 'KeyZ' && !typing(event.target)) {
      desk.step(event.shiftKey ? 'redo' : 'undo');
      return event.preventDefault();
    }
    if (code === 'F1') {
      desk.dialogs.keys();
      return event.preventDefault();
    }
    if (desk.dialogs.open || typing(event.target)) return undefined;
    if (press(desk, event, code, { entity, sentence, commands })) event.preventDefault();
    return undefined;
  });
  document.addEventListener('pointerdown', () => desk.sentence && desk.activity.touch(null));
}

function byKey(labels, act) {
  return Object.fromEntries(labels.filter((label) => label.key && !label.retired).map((label) => [label.key, () => act(label.id)]));
}

/** True when the press meant something. */
function press(desk, event, code, { entity, sentence, commands }) {
  const { text } = desk.parts;
  desk.activity.touch(null);
  if (code.startsWith('Bracket')) {
    const by = code === 'BracketRight' ? 1 : -1;
    desk.resize(by, event.altKey ? 'clitic' : event.ctrlKey ? 'character' : 'word');
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (text.hints) return hintKey(desk, code);
  if (text.cursor && code.startsWith('Arrow')) return arrowKey(desk, event, code);
  if (event.key === '?' || event.key === '؟') {
    desk.dialogs.keys();
    return true;
  }
  if (code === 'Space' && event.target.closest?.('button, a, summary')) return false;
  if (code === 'Enter' && event.target.closest?.('a, summary')) return false;
  const selected = text.selection !== null || text.picked !== null;
  const act = (selected && entity[code]) || commands[code] || sentence[code];
  if (!act || (event.shiftKey && code !== 'Tab')) return false;
  act(event);
  return true;
}

function hintKey(desk, code) {
  if (code === 'Escape') desk.parts.text.closeHints();
  return code === 'Escape' || desk.parts.text.typeHint(code, (key) => desk.keyNames.name(key));
}

/** Arrows follow the reading direction: in a right-to-left text ← goes on. */
function arrowKey(desk, event, code) {
  const onward = desk.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const back = desk.direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
  if (code !== onward && code !== back) return false;
  desk.parts.text.moveCursor(code === onward ? 1 : -1, event.shiftKey);
  return true;
}

function commandsOf(desk) {
  const { text, drawer } = desk.parts;
  const remove = () => {
    const picked = desk.answer.entities.find((entity) => desk.isPicked(entity));
    if (picked) desk.removeEntity(picked);
    else text.clear();
  };
  const layer = (event) => {
    const at = LAYERS.indexOf(desk.layer);
    desk.layer = LAYERS[(at + (event.shiftKey ? LAYERS.length - 1 : 1)) % LAYERS.length];
    desk.parts.focusLayer(desk.layer);
  };
  return {
    Enter: () => desk.submit(), Comma: () => desk.previous(), Space: () => text.toggleCursor(), KeyL: () => text.openHints(),
    Backspace: remove, Delete: remove, Escape: () => text.clear(), KeyB: () => speakerKey(desk), Slash: () => desk.parts.picker.open(),
    KeyN: () => desk.previousSpeaker && desk.setSpeaker(desk.previousSpeaker), KeyM: () => desk.setNoClaim(), KeyJ: () => desk.addRow(),
    Period: () => desk.suggestions.length && desk.acceptSuggestions(desk.suggestions), KeyY: () => desk.dialogs.flag(), KeyU: () => desk.dialogs.comment(),
    KeyI: () => drawer.toggle('guideline'), KeyO: () => drawer.toggle('document'), Backquote: () => desk.dialogs.skip(), Tab: layer,
  };
}

/** With words selected and a speaker chosen, they become the words that name the speaker. */
function speakerKey(desk) {
  if (desk.range && desk.statement.speaker) desk.setSurface(desk.range);
  else desk.parts.picker.open();
}
