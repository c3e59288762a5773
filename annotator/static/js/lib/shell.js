// What lets the labelling page open without a network: the page itself and its files, in the browser's cache, and the
// sentences that were fetched ahead. One person's only: they go when another comes, and whenever nobody is signed in.

import { inStore } from './outbox.js';

const SHELL = 'isnad-shell';
const OWNER = '/owner'; // an entry of the cache that says whose it is

/** Keep the page and its files. Called when the first sentence stands and nothing waits. */
export async function keepShell({ person, addresses }) {
  if (!('serviceWorker' in navigator) || !globalThis.caches || !navigator.onLine) return;
  await navigator.serviceWorker.register('/worker.js', { scope: location.pathname });
  const shell = await caches.open(SHELL);
  const owner = `${person} ${location.pathname} ${document.documentElement.lang} ${import.meta.url}`;
  if ((await (await shell.match(OWNER))?.text()) !== owner) {
    for (const request of await shell.keys()) await shell.delete(request);
    if (!(await put(shell, location.pathname, '?shell'))) return; // the page as it is for whenever it is opened
    await shell.put(OWNER, new Response(owner));
  }
  const files = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`));
  const there = new Set((await shell.keys()).map(({ url }) => url));
  const wanted = [...new Set([...files, ...addresses.map((address) => new URL(address, location.href).href)])];
  await Promise.all(wanted.filter((url) => !there.has(url)).map((url) => put(shell, url).catch(() => {})));
}

/** False where the server gave something else, as when the session has ended meanwhile. */
async function put(shell, url, search = '') {
  const answer = await fetch(url + search, { credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) return false;
  await shell.put(url, answer);
  return true;
}

/** Keep sentences that were fetched ahead, until they are answered and the server has it. */
export function keepSentences(db, person, project, sentences) {
  return inStore(db, 'kept', 'readwrite', (store) => {
    for (const { id, position, ...more } of sentences) store.put({ person, project, id, position, sentence: { id, position, ...more } });
  });
}

export async function keptSentences(db, person, project) {
  const all = await inStore(db, 'kept', 'readonly', (store) => store.getAll());
  return all.filter((one) => one.person === person && one.project === project)
    .sort((a, b) => a.position - b.position || a.id - b.id).map(({ sentence }) => sentence);
}

export function dropSentence(db, person, id) {
  return inStore(db, 'kept', 'readwrite', (store) => store.delete([person, id]));
}

const PLACE = 'isnad-place'; // not in the address: changing that at every sentence takes the browser half a frame

/** Keep which sentence this tab shows; null for none. */
export function keepPlace(project, id) {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify([project, id]));
  } catch { /* no room, or not allowed: a reload begins with the next sentence */ }
}

/** The sentence to begin with: after a reload the one that was shown, else the one that the address names; 0 for none. */
export function wantedPlace(project) {
  const named = Number(new URLSearchParams(location.search).get('sentence'));
  if (!['reload', 'back_forward'].includes(performance.getEntriesByType('navigation')[0]?.type)) return named;
  const [where, id] = keptPlace();
  return where === project ? Number(id) : named;
}

/** The address that leads to the sentence which this tab shows. */
export function placeAddress(project) {
  const [where, id] = keptPlace();
  return location.pathname + (where === project && id ? `?sentence=${id}` : '');
}

function keptPlace() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE)) ?? [];
  } catch {
    return [];
  }
}
