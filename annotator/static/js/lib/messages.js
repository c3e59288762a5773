// The words of the interface: English texts are the ids, the catalogue holds the other language.

let catalogue = {};
let plural = (count) => (count === 1 ? 0 : 1);

export async function loadMessages(url, language) {
  if (!url) return;
  const loaded = await (await fetch(url)).json();
  catalogue = loaded;
  const order = ['zero', 'one', 'two', 'few', 'many', 'other'];
  let rules; // not before something is counted: they take a while to load
  if (language === 'ar') plural = (count) => order.indexOf((rules ??= new Intl.PluralRules(language)).select(count));
}

/** The text in the interface's language, with {names} filled in. */
export function t(text, values = {}) {
  const found = catalogue[text];
  return fill(typeof found === 'string' && found ? found : text, values);
}

/** The same for a number of things. */
export function tn(one, many, count, values = {}) {
  const found = catalogue[one];
  const form = Array.isArray(found) ? found[plural(count)] : count === 1 ? one : many;
  return fill(form || (count === 1 ? one : many), { count, ...values });
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}
