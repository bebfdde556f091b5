// What a browser keeps, in IndexedDB: keys that can't be taken out, and events on their way.

const NAME = "suyuan";
const VERSION = 1;
export const KEYS = "keys";
export const OUTBOX = "outbox";

let opened;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS, { keyPath: "did" });
      request.result.createObjectStore(OUTBOX, { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/**
 * Run one request in a transaction, and wait until it is on disk.
 * @param {string} store
 * @param {"readonly" | "readwrite"} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 */
async function transact(store, mode, act) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  return new Promise((resolve, reject) => {
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}

export const all = (store) => transact(store, "readonly", (it) => it.getAll());
export const get = (store, key) => transact(store, "readonly", (it) => it.get(key));
export const put = (store, value) => transact(store, "readwrite", (it) => it.put(value));
export const remove = (store, key) => transact(store, "readwrite", (it) => it.delete(key));
