// Nobody is signed in: what this browser keeps for working without a network goes. Unsent answers stay, under their
// person's id, until that person comes back.

import { inStore, openStore } from './lib/outbox.js';

await globalThis.caches?.delete('isnad-shell').catch(() => {});
if (globalThis.indexedDB) {
  const db = await openStore();
  await inStore(db, 'kept', 'readwrite', (store) => store.clear());
  db.close();
}
