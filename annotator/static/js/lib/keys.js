// Keys by their place on the keyboard, so that an Arabic layout works the same; shown as the layout prints them.

const ARABIC = {
  KeyQ: 'ض', KeyW: 'ص', KeyE: 'ث', KeyR: 'ق', KeyT: 'ف', KeyY: 'غ', KeyU: 'ع', KeyI: 'ه', KeyO: 'خ', KeyP: 'ح',
  KeyA: 'ش', KeyS: 'س', KeyD: 'ي', KeyF: 'ب', KeyG: 'ل', KeyH: 'ا', KeyJ: 'ت', KeyK: 'ن', KeyL: 'م',
  KeyZ: 'ئ', KeyX: 'ء', KeyC: 'ؤ', KeyV: 'ر', KeyB: 'لا', KeyN: 'ى', KeyM: 'ة', Comma: 'و', Period: 'ز', Slash: 'ظ',
  BracketLeft: 'ج', BracketRight: 'د', Semicolon: 'ك', Quote: 'ط', Backquote: 'ذ',
};
const SIGNS = {
  Minus: '-', Equal: '=', Comma: ',', Period: '.', Slash: '/', BracketLeft: '[', BracketRight: ']', Backslash: '\\',
  Backquote: '`', Semicolon: ';', Quote: "'", Space: '␣', Enter: '⏎', Backspace: '⌫', Tab: '⇥', Escape: 'Esc', Shift: '⇧',
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', PageUp: 'PgUp', PageDown: 'PgDn',
};
const LETTER = /^(Key.|Comma|Period|Slash|Bracket.*|Semicolon|Quote|Backquote|Backslash|Minus|Equal)$/;

/** What a key prints: as it was seen, else from the browser's layout map, else the interface's usual layout. */
export class KeyNames {
  #map = null;
  #seen = new Map();
  #arabic;
  edition = 0; // changes when names do

  constructor(language) {
    this.#arabic = language === 'ar';
  }

  async learn() {
    try {
      this.#map = (await globalThis.navigator?.keyboard?.getLayoutMap?.()) ?? null;
    } catch {
      this.#map = null; // not allowed in this frame: the other ways stay
    }
    return this;
  }

  /** Learn from a key that was pressed; true when it teaches something new. */
  see({ key, code, ctrlKey, altKey, shiftKey, metaKey }) {
    if (key.length > 2 || ctrlKey || altKey || shiftKey || metaKey || !LETTER.test(code)) return false;
    const printed = key.toUpperCase();
    if (this.name(code) === printed) return false;
    if (code.startsWith('Key')) this.#turn(/[\u0600-\u06ff]/.test(key));
    this.#seen.set(code, printed);
    this.edition += 1;
    return true;
  }

  /** The keyboard was switched between Arabic and Latin letters: what was seen of the other is out of date. */
  #turn(arabic) {
    if (arabic === this.#arabic && this.#map === null) return;
    this.#arabic = arabic;
    this.#map = null;
    this.#seen.clear();
  }

  name(code) {
    const printed = this.#seen.get(code) ?? (LETTER.test(code) ? this.#map?.get(code)?.toUpperCase() : null);
    if (printed) return printed;
    if (this.#arabic && ARABIC[code]) return ARABIC[code];
    return SIGNS[code] ?? code.replace(/^(Key|Digit|Numpad)/, '');
  }

  /** Of keys pressed together: 'Ctrl+KeyZ'. */
  chord(codes) {
    if (codes === 'Shift+Slash') return this.#arabic ? '؟' : '?';
    return codes.split('+').map((code) => this.name(code)).join(' ');
  }
}

/** The code of a key press, the numeric pad's digits being digits. */
export function codeOf(event) {
  return event.code.replace(/^Numpad(\d)$/, 'Digit$1').replace('NumpadEnter', 'Enter').replace('NumpadSubtract', 'Minus');
}

/** Which label a key means: `{sentence: Map, entities: Map}` from code to {layer, id}. */
export function labelKeys(scheme) {
  const { speaker, stance, claim_type: claimType, entities } = scheme.layers;
  const sentence = new Map();
  const taken = (map, layer, labels) => labels.forEach(({ id, key, retired }) => key && !retired && map.set(key, { layer, id }));
  taken(sentence, 'speaker', speaker.reserved);
  taken(sentence, 'attribution', speaker.attribution);
  taken(sentence, 'stance_target', stance.targets);
  taken(sentence, 'stance', stance.values);
  taken(sentence, 'claim_type', claimType.labels);
  const entity = new Map();
  taken(entity, 'entities', entities.labels);
  return { sentence, entities: entity };
}
