// What the screen does at a key, and which key: the command's own, or the one that the scheme's `global_keys` gives it.

import { labelKeys } from './keys.js';

/** Command → the key that it has by itself. The same list is in `annotator/layers/keys.py`. */
export const COMMANDS = {
  save_next: 'Enter', previous: 'Comma', skip: 'Shift+Enter', flag: 'KeyY', comment: 'KeyU', guideline: 'KeyI', document: 'KeyO',
  cursor: 'Space', hints: 'KeyL', remove_mark: 'Backspace', next_offer: 'Period', all_offers: 'KeyP', elsewhere: 'Shift+KeyP',
  speakers: 'KeyB', same_speaker: 'KeyN', speaker_sentences: 'Shift+KeyN', first_name: 'Semicolon', second_name: 'Quote',
  third_name: 'Backslash', no_claim_line: 'KeyM', add_statement: 'KeyJ', remove_statement: 'Shift+KeyJ',
  next_statement: 'PageDown', previous_statement: 'PageUp',
};

/** Command → its key in this scheme; null where a label or a moved command has it. */
export function commandKeys(scheme) {
  const moved = {};
  for (const [code, text] of Object.entries(scheme.global_keys ?? {})) if (text in COMMANDS) moved[text] = code;
  const taken = new Set([...labelKeys(scheme).sentence.keys(), ...Object.values(moved)]);
  return Object.fromEntries(Object.entries(COMMANDS).map(([name, own]) => [name, moved[name] ?? (taken.has(own) ? null : own)]));
}
