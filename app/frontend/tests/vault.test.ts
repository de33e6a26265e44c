import { beforeEach, expect, test, vi } from 'vitest';

import { makeKey, sealedVault, type Sealed, type VaultStore } from '../src/shared/vault';

/** A store whose every byte can be looked at, as somebody with the disk could. */
class OpenStore implements VaultStore {
  kept = new Map<string, Sealed>();
  private made: Promise<CryptoKey> | null = null;
  isBroken = false;

  key = () => (this.made ??= makeKey());
  get = (name: string) => Promise.resolve(this.kept.get(name) ?? null);
  put = (name: string, sealed: Sealed) => {
    if (this.isBroken) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    this.kept.set(name, sealed);
    return Promise.resolve();
  };
  remove = (name: string) => Promise.resolve(void this.kept.delete(name));
  names = () => Promise.resolve([...this.kept.keys()]);
  wipe = () => {
    this.kept.clear();
    this.made = null;
    return Promise.resolve();
  };
}

let store: OpenStore;
beforeEach(() => (store = new OpenStore()));

const CALLER = '陈女士 13900002817';

test('what is kept comes back, and nobody can read it from the disk', async () => {
  await sealedVault(store).write('draft:7:501', { note: CALLER });

  const bytes = Buffer.from((store.kept.get('draft:7:501') as Sealed).data);
  expect(bytes.includes(Buffer.from('13900002817'))).toBe(false);
  expect(bytes.includes(Buffer.from('陈女士'))).toBe(false);
  expect(await sealedVault(store).read('draft:7:501')).toEqual({ note: CALLER });
});

test('no script can read the key out', async () => {
  const key = await store.key();

  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
});

test('the same text is sealed differently each time', async () => {
  const vault = sealedVault(store);
  await vault.write('a', CALLER);
  const first = Buffer.from((store.kept.get('a') as Sealed).data).toString('hex');
  await vault.write('a', CALLER);

  expect(Buffer.from((store.kept.get('a') as Sealed).data).toString('hex')).not.toBe(first);
});

test('an entry put in the place of another is no entry', async () => {
  const vault = sealedVault(store);
  await vault.write('draft:7:501', { note: 'mine' });
  store.kept.set('draft:8:501', store.kept.get('draft:7:501') as Sealed);

  expect(await vault.read('draft:8:501')).toBeNull();
});

test('after signing out there is neither text nor key', async () => {
  const vault = sealedVault(store);
  await vault.write('draft:7:501', { note: CALLER });
  const before = store.kept.get('draft:7:501') as Sealed;
  await vault.wipe();
  expect(await vault.names('')).toEqual([]);

  store.kept.set('draft:7:501', before);
  expect(await vault.read('draft:7:501')).toBeNull();
});

test('a disk that is full stops nobody, and says so', async () => {
  store.isBroken = true;
  expect(await sealedVault(store).write('a', CALLER)).toBe(false);
});

test('what nobody came back for is forgotten after three days', async () => {
  const vault = sealedVault(store);
  await vault.write('a', CALLER);
  vi.setSystemTime(Date.now() + 4 * 86_400_000);

  expect(await vault.read('a')).toBeNull();
  expect(store.kept.size).toBe(0);
  vi.useRealTimers();
});

test('writes and removals follow one another in the order they were asked for', async () => {
  const vault = sealedVault(store);
  void vault.write('a', 'x'.repeat(200_000));
  void vault.remove('a');
  void vault.write('b', 'y');
  await vault.names('');

  expect([...store.kept.keys()]).toEqual(['b']);
});
