// The service worker of the labelling screen: with a network everything comes from the server; without one, what
// js/lib/shell.js keeps lets the page open. It answers for the labelling page only, and keeps nothing of saves.

const SHELL = 'isnad-shell';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(networkFirst(request, false));
  else if (/^\/api\/v1\/projects\/\d+\/(registry|guideline)$/.test(pathname)) event.respondWith(networkFirst(request, true));
  else if (/^\/static\/|\/scheme\/\w+\.json$/.test(pathname)) event.respondWith(keptFirst(request));
});

/** What never changes under its address: from here if it is here. */
async function keptFirst(request) {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}

async function networkFirst(request, keeps) {
  try {
    const answer = await fetch(request);
    if (keeps && answer.ok) {
      const shell = await caches.open(SHELL);
      if ((await shell.keys()).length) await shell.put(request.url, answer.clone()); // an emptied shell stays empty
    }
    return answer;
  } catch (problem) {
    const kept = await caches.match(request, { cacheName: SHELL, ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw problem;
  }
}
