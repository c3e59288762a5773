// Making elements without HTML strings: text is always text.

/** el('button.key', {type: 'button', onclick, data: {…}, aria: {…}}, 'text', child …) */
export function el(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'data') for (const [key, told] of Object.entries(value)) element.dataset[key] = told;
    else if (name === 'aria') for (const [key, told] of Object.entries(value)) element.setAttribute(`aria-${key}`, told);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && !['list', 'form', 'dir', 'role'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
