// Draws marks over one untouched text node, so that Arabic letters stay joined and offsets stay true.
// Where the browser has no CSS highlights, bare <mark>s with a background only take their place.

const able = 'highlights' in CSS;
const LINES = ['solid', 'dashed', 'dotted', 'double', 'wavy'];
const LEVELS = 4; // nesting that is told apart; what lies deeper looks like the last
const HUES = [215, 28, 140, 350, 275, 320, 60, 185, 100, 245, 10, 165];

/**
 * A style sheet with a look for each label: a colour and a line of its own. What holds other marks has its line lower,
 * a step for each level that it holds, so that lines of nested marks never meet; the innermost is next to the letters.
 * Bound to the sentence: a bare ::highlight() is a pseudo-element of every element, and is styled for each.
 */
export function sheetFor(labels) {
  const sheet = new CSSStyleSheet();
  const rule = (text) => sheet.insertRule(text, sheet.cssRules.length);
  labels.forEach((label, n) => {
    const hue = hueOf(label.colour) ?? HUES[n % HUES.length];
    const line = LINES[n % LINES.length];
    for (let level = 0; level < LEVELS; level += 1) {
      const look = `background-color: light-dark(hsl(${hue} 75% ${88 + 2 * level}%), hsl(${hue} 45% ${26 - 3 * level}%));
        text-decoration: underline ${line} 2px light-dark(hsl(${hue} 70% 32%), hsl(${hue} 70% 72%));
        text-underline-offset: ${.18 + .19 * level}em; color: light-dark(#17140f, #f6f1e7);`;
      rule(able ? `.sentence-text::highlight(${nameOf(label.id, level)}) { ${look} }` : `mark[data-mark="${nameOf(label.id, level)}"] { ${look} }`);
    }
    rule(`[data-entity="${label.id}"] { --mark: light-dark(hsl(${hue} 75% 88%), hsl(${hue} 45% 26%));
      --mark-line: light-dark(hsl(${hue} 70% 32%), hsl(${hue} 70% 72%)); --mark-style: ${line}; }`);
  });
  return sheet;
}

function nameOf(label, level) {
  return `mark-${label.replace(/[^A-Za-z0-9_-]/g, '_')}-${level}`;
}

/** The hue of a scheme's colour (#rrggbb), in degrees; null for none. The shades are ours, so that text stays legible. */
export function hueOf(colour) {
  if (!/^#[0-9a-f]{6}$/i.test(colour ?? '')) return null;
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (!spread) return null;
  const sixth = { [blue]: (red - green) / spread + 4, [green]: (blue - red) / spread + 2, [red]: (green - blue) / spread }[most];
  return Math.round((sixth * 60 + 360) % 360);
}

/** How many levels of marks each mark holds; marks are in the order of an answer and never cross. */
export function levelsOf(entities) {
  const levels = entities.map(() => 0);
  const open = []; // places of the marks that hold the one looked at
  entities.forEach(({ start, end }, n) => {
    while (open.length && (entities[open.at(-1)].end <= start || entities[open.at(-1)].end < end)) open.pop();
    open.push(n);
    for (let at = open.length - 2; at >= 0; at -= 1) levels[open[at]] = Math.max(levels[open[at]], levels[open[at + 1]] + 1);
  });
  return levels;
}

/** Paint the text of `element`: entities, and the named single stretches, all in UTF-16 units. */
export function paint(element, text, entities, stretches) {
  const levels = levelsOf(entities);
  const marks = entities.map(({ start, end, label }, n) => {
    const level = Math.min(levels[n], LEVELS - 1);
    return { name: nameOf(label, level), start, end, priority: -level };
  });
  for (const [name, stretch] of Object.entries(stretches)) {
    if (stretch) marks.push({ name, start: stretch[0], end: stretch[1], priority: name === 'surface' ? 2 : 3 });
  }
  if (able) paintHighlights(element, text, marks);
  else paintMarks(element, text, marks);
}

function paintHighlights(element, text, marks) {
  if (element.childNodes.length !== 1 || element.firstChild.data !== text) element.replaceChildren(text);
  const node = element.firstChild;
  const byName = new Map();
  for (const { name, start, end, priority } of marks) {
    const range = new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
    if (!byName.has(name)) byName.set(name, { ranges: [], priority });
    byName.get(name).ranges.push(range);
  }
  for (const name of CSS.highlights.keys()) if (!byName.has(name)) CSS.highlights.delete(name);
  for (const [name, { ranges, priority }] of byName) {
    if (same(CSS.highlights.get(name), ranges)) continue; // what did not change is not painted again
    const highlight = new Highlight(...ranges);
    highlight.priority = priority;
    CSS.highlights.set(name, highlight);
  }
}

function same(highlight, ranges) {
  if (highlight?.size !== ranges.length) return false;
  return [...highlight].every((old, n) => old.startContainer === ranges[n].startContainer
    && old.startOffset === ranges[n].startOffset && old.endOffset === ranges[n].endOffset);
}

function paintMarks(element, text, marks) {
  const edges = [...new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const parts = [];
  for (let n = 0; n + 1 < edges.length; n += 1) {
    const over = marks.filter(({ start, end }) => start <= edges[n] && edges[n + 1] <= end);
    const top = over.sort((a, b) => b.priority - a.priority)[0];
    const piece = text.slice(edges[n], edges[n + 1]);
    if (!top) {
      parts.push(piece);
      continue;
    }
    const mark = document.createElement('mark');
    mark.dataset.mark = top.name;
    mark.textContent = piece;
    parts.push(mark);
  }
  element.replaceChildren(...parts);
}

/** The offset of a point of the screen in the text of `element`, in UTF-16 units; null when it is not in it. */
export function offsetAt(element, x, y) {
  let node;
  let offset;
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    [node, offset] = [position?.offsetNode, position?.offset];
  } else {
    const range = document.caretRangeFromPoint?.(x, y);
    [node, offset] = [range?.startContainer, range?.startOffset];
  }
  return node && element.contains(node) ? offsetOf(element, node, offset) : null;
}

/** The offset of a place of the selection in the text of `element`, in UTF-16 units. */
export function offsetOf(element, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** The boxes of a stretch of the text: a stretch across directions has several. */
export function boxesOf(element, start, end) {
  const range = document.createRange();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let passed = 0;
  let begun = false;
  while (walker.nextNode()) {
    const { length } = walker.currentNode;
    if (!begun && start <= passed + length) {
      range.setStart(walker.currentNode, start - passed);
      begun = true;
    }
    if (begun && end <= passed + length) {
      range.setEnd(walker.currentNode, end - passed);
      break;
    }
    passed += length;
  }
  return begun ? [...range.getClientRects()] : [];
}
