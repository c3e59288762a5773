// The guideline's text as elements.

import { el } from './dom.js';

/** The little Markdown that guidelines use, as elements: headings, lists, tables, bold, code. No HTML. */
export function markdown(text) {
  const blocks = [];
  let list = null;
  let table = null;
  for (const line of text.split('\n')) {
    const bullet = /^\s*(?:[-*]|\d+\.)\s+(.*)/.exec(line);
    const heading = /^(#{1,4})\s+(.*)/.exec(line);
    if (!bullet) list = null;
    if (!line.startsWith('|')) table = null;
    if (heading) blocks.push(el(heading[1].length > 1 ? 'h3' : 'h2', {}, ...inline(heading[2])));
    else if (bullet) {
      if (!list) blocks.push((list = el('ul')));
      list.append(el('li', {}, ...inline(bullet[1])));
    } else if (line.startsWith('|')) {
      if (!table) blocks.push(el('table', {}, (table = el('tbody'))));
      const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
      if (!cells.every((cell) => /^[-:\s]*$/.test(cell))) table.append(el('tr', {}, ...cells.map((cell) => el('td', {}, ...inline(cell)))));
    } else if (line.trim()) blocks.push(el('p', { dir: 'auto' }, ...inline(line.replace(/^>\s*/, ''))));
  }
  return blocks;
}

function inline(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return el('strong', {}, part.slice(2, -2));
    return part.startsWith('`') ? el('code', {}, part.slice(1, -1)) : part;
  });
}
