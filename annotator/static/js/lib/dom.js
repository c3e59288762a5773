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
    else if (name.startsWith('on')) {
      element[name] = (event) => void value(event); // a property, so that `redraw` can hand it on; `false` would mean “prevent”
      (element.heard ??= []).push(name);
    }
    else if (name in element && !['list', 'form', 'dir', 'role'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Make the children of `part` equal to `wanted`, which were made anew. Every node that can stay does, and with it its
 * layout, its focus and what is being pressed: layout is what a change costs most. Children with the same `data-at` are
 * the same wherever they stand; what has `data-kept` looks after itself. A node that equals its successor stays with its
 * handlers: what a handler knows must be seen in its element, or be asked for when it runs.
 */
export function redraw(part, wanted) {
  const keys = new Set(wanted.map(keyOf));
  const keyed = new Map();
  for (const old of [...part.childNodes]) {
    const key = keyOf(old);
    if (!key) continue;
    if (keys.has(key)) keyed.set(key, old);
    else old.remove();
  }
  let here = part.firstChild;
  for (const fresh of wanted) {
    const key = keyOf(fresh);
    const stays = key ? keyed.get(key) : here?.nodeName === fresh.nodeName && !keyOf(here) ? here : null;
    if (stays && stays === here) here = here.nextSibling;
    else part.insertBefore(stays ?? fresh, here);
    if (stays) follow(stays, fresh);
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

function keyOf(node) {
  return node.dataset?.at;
}

function follow(old, fresh) {
  if (old === fresh || old.dataset?.kept !== undefined || old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return;
  }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  for (const name of new Set([...old.heard ?? [], ...fresh.heard ?? []])) old[name] = fresh[name];
  old.heard = fresh.heard;
  if (old.nodeName === 'INPUT') old.value = fresh.value;
  redraw(old, [...fresh.childNodes]);
}
