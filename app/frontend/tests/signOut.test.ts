import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { beforeSignOut, wipeAtSignOut } from '../src/shared/signOut';
import { memoryVault, type Vault } from '../src/shared/vault';

let vault: Vault;
let posted: string[];
let answer: () => Promise<Response>;
const goTo = vi.fn();
const submitted = vi.fn();
const said = () => document.querySelector('.sign-out-note')?.textContent ?? '';
const redirected = { type: 'opaqueredirect' } as Response;

// One listener for all tests, as on a page; the vault behind it is each test's own.
const theVault = new Proxy({} as Vault, { get: (_target, name: keyof Vault) => vault[name] });
wipeAtSignOut(theVault);

async function signOut(): Promise<void> {
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await vi.waitFor(() => expect(said() !== '' || goTo.mock.calls.length + submitted.mock.calls.length > 0).toBe(true));
}

beforeEach(() => {
  document.body.innerHTML = `<form method="post" action="http://localhost/sign-out" data-person="7" data-kept="kept" data-away="away" data-close="x">
    <input type="hidden" name="csrf_token" value="token"></form>`;
  vault = memoryVault();
  posted = [];
  answer = () => Promise.resolve(redirected);
  vi.stubGlobal('fetch', (address: string, { body }: { body: URLSearchParams }) => {
    posted.push(`${address} ${body.toString()}`);
    return answer();
  });
  vi.spyOn(window.location, 'assign').mockImplementation(goTo);
  vi.spyOn(document.querySelector('form') as HTMLFormElement, 'submit').mockImplementation(submitted);
});
afterEach(() => {
  beforeSignOut.clear();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  goTo.mockReset();
  submitted.mockReset();
});

test.each(['upload:7:501:ticket', 'draft:7:501'])('signing out on any page keeps what the desk has not uploaded: %s', async (name) => {
  await vault.write(name, { note: '三日内回电' });
  await signOut();

  expect(said()).toContain('kept');
  expect(posted).toEqual([]);
  expect(await vault.read(name)).toEqual({ note: '三日内回电' });
});

test('a desk that cannot bring up everything keeps its agent, and says so', async () => {
  beforeSignOut.add(() => Promise.resolve(false));
  await signOut();

  expect(said()).toContain('kept');
  expect(posted).toEqual([]);
});

test('nothing is wiped while the server is away', async () => {
  await vault.write('numbers:7:', ['HY20261123900000']);
  answer = () => Promise.reject(new TypeError('away'));
  await signOut();

  expect(said()).toContain('away');
  expect(await vault.names('')).toEqual(['numbers:7:']);
});

test('nothing is wiped when the server says no; its page says why', async () => {
  await vault.write('numbers:7:', ['HY20261123900000']);
  answer = () => Promise.resolve(new Response('', { status: 400 }));
  await signOut();

  expect(submitted).toHaveBeenCalledOnce();
  expect(await vault.names('')).toEqual(['numbers:7:']);
});

test('who is signed out leaves nothing behind', async () => {
  await vault.write('numbers:7:', ['HY20261123900000']);
  await signOut();

  expect(posted).toEqual(['http://localhost/sign-out csrf_token=token']);
  expect(goTo).toHaveBeenCalledWith('http://localhost/sign-in');
  expect(await vault.names('')).toEqual([]);
});

test('a result that its person has half typed stays sealed for him over the sign-out', async () => {
  await vault.write('unit:7:http://localhost/unit/tickets/3/result', { onceKey: 'k', fields: {} });
  await vault.write('numbers:7:', ['HY20261123900000']);
  await signOut();

  expect(goTo).toHaveBeenCalledOnce();
  expect(await vault.names('')).toEqual(['unit:7:http://localhost/unit/tickets/3/result']);
});

test('what the person before had not uploaded keeps nobody here and stays sealed for him', async () => {
  await vault.write('draft:8:400', { note: 'his' });
  await vault.write('numbers:7:', ['HY20261123900000']);
  await signOut();

  expect(goTo).toHaveBeenCalledOnce();
  expect(await vault.names('')).toEqual(['draft:8:400']);
});
