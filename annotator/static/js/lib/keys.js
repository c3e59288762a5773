// Keys by their place on the keyboard, so that an Arabic layout works the same; shown as the layout prints them.

const ARABIC = {
  KeyQ: 'ض', KeyW: 'ص', KeyE: 'ث', KeyR: 'ق', KeyT: 'ف', KeyY: 'غ', KeyU: 'ع', KeyI: 'ه', KeyO: 'خ', KeyP: 'ح',
  KeyA: 'ش', KeyS: 'س', KeyD: 'ي', KeyF: 'ب', KeyG: 'ل', KeyH: 'ا', KeyJ: 'ت', KeyK: 'ن', KeyL: 'م',
  KeyZ: 'ئ', KeyX: 'ء', KeyC: 'ؤ', KeyV: 'ر', KeyB: 'لا', KeyN: 'ى', KeyM: 'ة', Comma: 'و', Period: 'ز', Slash: 'ظ',
  BracketLeft: 'ج', BracketRight: 'د',
};
const SIGNS = {
  Minus: '-', Equal: '=', Comma: ',', Period: '.', Slash: '/', BracketLeft: '[', BracketRight: ']', Space: '␣',
  Enter: '⏎', Backspace: '⌫', Tab: '⇥', F1: 'F1', Backquote: '`', Semicolon: ';', Quote: "'",
};

/** What a key prints: from the browser's layout map, else from keys seen, else the interface's usual layout. */
export class KeyNames {
  #map = null;
  #seen = new Map();
  #arabic;

  constructor(language) {
    this.#arabic = language === 'ar';
  }

  async learn() {
    try {
      this.#map = (await navigator.keyboard?.getLayoutMap?.()) ?? null;
    } catch {
      this.#map = null; // not allowed in this frame: the other two ways stay
    }
    return this;
  }

  /** Learn from a key that was pressed; true when it teaches something new. */
  see(event) {
    if (event.key.length > 2 || event.ctrlKey || event.altKey || event.shiftKey || !event.code.startsWith('Key')) return false;
    const arabic = /[\u0600-\u06ff]/.test(event.key);
    if (this.#map === null && arabic !== this.#arabic && !this.#seen.size) this.#arabic = arabic;
    if (this.name(event.code) === event.key.toUpperCase()) return false;
    this.#seen.set(event.code, event.key.toUpperCase());
    return true;
  }

  name(code) {
    const printed = this.#seen.get(code) ?? this.#map?.get(code)?.toUpperCase();
    if (printed) return printed;
    if (this.#arabic && ARABIC[code]) return ARABIC[code];
    return SIGNS[code] ?? code.replace(/^(Key|Digit|Numpad)/, '');
  }
}

/** The code of a key press, the numeric pad's digits being digits. */
export function codeOf(event) {
  return event.code.replace(/^Numpad(\d)$/, 'Digit$1').replace('NumpadEnter', 'Enter');
}

/** Whether the keys belong to a field that somebody types into. */
export function typing(target) {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;
}
