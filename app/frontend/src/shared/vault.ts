// Keeps what must outlive a page while the server is away: encrypted in the browser, gone at sign-out.
//
// AES-GCM with a key that no script can read out; its name is bound to each entry, so none can be
// put in another's place. A page without a secure context (or a browser without the means) keeps
// things in memory only: never in the clear on a disk.

const DATABASE = 'hotline-vault';
const KEPT = 'kept';
const KEYS = 'keys';
const KEPT_DAYS = 3;

/** Where sealed entries lie. The key is made once and never leaves the store as bytes. */
export interface VaultStore {
  key(): Promise<CryptoKey>;
  get(name: string): Promise<Sealed | null>;
  put(name: string, sealed: Sealed): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
  wipe(): Promise<void>;
}

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
  at: number;
}

export interface Vault {
  /** Whether the other tabs of this browser, and this page after a reload, find what is kept. */
  readonly isShared: boolean;
  read<T>(name: string): Promise<T | null>;
  /** Whether it is kept: a full disk or a browser that refuses is no reason to stop an agent. */
  write(name: string, value: unknown): Promise<boolean>;
  remove(name: string): Promise<void>;
  names(prefix: string): Promise<string[]>;
  wipe(): Promise<void>;
}

export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** A vault over a store. Acts follow one another in the order they were asked for. */
export function sealedVault(store: VaultStore): Vault {
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(act: () => Promise<T>, otherwise: T): Promise<T> {
    const mine = last.then(act).catch(() => otherwise);
    last = mine;
    return mine;
  }
  const bound = (name: string, iv: Uint8Array<ArrayBuffer>) => ({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) });

  async function read<T>(name: string): Promise<T | null> {
    const sealed = await store.get(name);
    if (!sealed) return null;
    if (Date.now() - sealed.at > KEPT_DAYS * 86_400_000) {
      await store.remove(name);
      return null;
    }
    const plain = await crypto.subtle.decrypt(bound(name, sealed.iv), await store.key(), sealed.data);
    return JSON.parse(new TextDecoder().decode(plain)) as T;
  }
  async function write(name: string, text: string): Promise<boolean> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(bound(name, iv), await store.key(), new TextEncoder().encode(text));
    await store.put(name, { iv, data, at: Date.now() });
    return true;
  }
  return {
    isShared: true,
    read: <T>(name: string) => inTurn<T | null>(() => read<T>(name), null),
    write: (name, value) => {
      // As it is now: what is typed meanwhile is another write.
      const text = JSON.stringify(value);
      return inTurn(() => write(name, text), false);
    },
    remove: (name) => inTurn(() => store.remove(name), undefined),
    names: (prefix) => inTurn(async () => (await store.names()).filter((one) => one.startsWith(prefix)), []),
    wipe: () => inTurn(() => store.wipe(), undefined),
  };
}

/** For pages without a secure context, and for as long as the page lives. */
export function memoryVault(): Vault {
  const kept = new Map<string, string>();
  return {
    isShared: false,
    read: <T>(name: string) => Promise.resolve(JSON.parse(kept.get(name) ?? 'null') as T | null),
    write: (name, value) => {
      kept.set(name, JSON.stringify(value));
      return Promise.resolve(true);
    },
    remove: (name) => {
      kept.delete(name);
      return Promise.resolve();
    },
    names: (prefix) => Promise.resolve([...kept.keys()].filter((one) => one.startsWith(prefix))),
    wipe: () => {
      kept.clear();
      return Promise.resolve();
    },
  };
}

const canSeal = () => typeof indexedDB !== 'undefined' && typeof crypto !== 'undefined' && Boolean((crypto as { subtle?: SubtleCrypto }).subtle);

/** The vault of this browser. */
export function openVault(): Vault {
  return canSeal() ? sealedVault(indexedStore()) : memoryVault();
}

/** Forget everything that was kept in this browser. */
export async function wipeVault(): Promise<void> {
  if (canSeal()) await sealedVault(indexedStore()).wipe();
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no answer'));
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(KEPT);
    request.result.createObjectStore(KEYS);
  };
  return answered(request);
}

function indexedStore(): VaultStore {
  let database: Promise<IDBDatabase> | null = null;
  let key: CryptoKey | null = null;
  const of = async (kind: string, mode: IDBTransactionMode) => (await (database ??= opened())).transaction(kind, mode).objectStore(kind);

  async function ask<T>(kind: string, mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return answered(question(await of(kind, mode)));
  }
  async function theKey(): Promise<CryptoKey> {
    if (key) return key;
    const fresh = await makeKey();
    // Two tabs may come at once: the first one's key stays.
    await ask(KEYS, 'readwrite', (store) => store.add(fresh, 'aes')).catch(() => undefined);
    key = (await ask(KEYS, 'readonly', (store) => store.get('aes'))) as CryptoKey;
    return key;
  }
  return {
    key: theKey,
    get: async (name) => ((await ask(KEPT, 'readonly', (store) => store.get(name))) as Sealed | undefined) ?? null,
    put: async (name, sealed) => void (await ask(KEPT, 'readwrite', (store) => store.put(sealed, name))),
    remove: (name) => ask(KEPT, 'readwrite', (store) => store.delete(name)),
    names: async () => (await ask(KEPT, 'readonly', (store) => store.getAllKeys())).map(String),
    wipe: async () => {
      key = null;
      await ask(KEPT, 'readwrite', (store) => store.clear());
      await ask(KEYS, 'readwrite', (store) => store.clear());
    },
  };
}
