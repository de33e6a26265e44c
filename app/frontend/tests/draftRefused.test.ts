import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Refused } from '../src/shared/http';
import { memoryVault, type Vault } from '../src/shared/vault';
import { DraftServer, nextCall, openPage, type Page } from './draftServer';

let server: DraftServer;
let vault: Vault;
let page: Page;
const pass = (wait: number) => vi.advanceTimersByTimeAsync(wait);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new DraftServer();
  vault = memoryVault();
  page = openPage(server, vault, 501);
  await pass(10);
});
afterEach(() => {
  page.scope.stop();
  vi.useRealTimers();
});

test.each([
  ['too long for a draft', 422, 'draft-is-too-long', 'too_long'],
  ['an error of the server', 500, 'refused', 'waits'],
  ['a server that closes', 503, 'refused', 'waits'],
  ['too many requests', 429, 'refused', 'waits'],
  ['a token that ran out', 400, 'csrf', 'waits'],
])('the only copy of a draft outlives a refusal: %s', async (_name, status, code, why) => {
  server.fails = new Refused(status, { code });
  page.draft.body.record.note = '三日内回电';
  await pass(2000);
  nextCall(page, server, 502);
  await pass(1000);

  expect(await vault.names('draft:')).toHaveLength(1);
  expect(page.draft.left.value).toMatchObject([{ callId: 501, why, body: { record: { note: '三日内回电' } } }]);

  server.fails = null;
  await page.draft.bringAgain();
  expect(server.noteOf(501)).toBe('三日内回电');
  expect(page.draft.left.value).toEqual([]);
  expect(await vault.names('draft:')).toEqual([]);
});

test('what waits because the server had an error goes up by itself', async () => {
  server.fails = new Refused(500, {});
  page.draft.body.record.note = '三日内回电';
  await pass(2000);
  nextCall(page, server, 502);
  await pass(1000);

  server.fails = null;
  await pass(20_000);
  expect(server.noteOf(501)).toBe('三日内回电');
});

test('a kept draft that is older than the server’s is put together with it, not thrown away', async () => {
  server.fails = new Refused(500, {});
  page.draft.body.record.note = '三日内回电';
  await pass(2000);
  nextCall(page, server, 502);
  await pass(100);
  server.anotherWrites(501, { caller_name: '王先生' });
  server.fails = null;
  await page.draft.bringAgain();

  expect(server.noteOf(501)).toBe('三日内回电');
  expect(server.drafts.get(501)?.body.record.caller_name).toBe('王先生');
  expect(await vault.names('draft:')).toEqual([]);
});

test('a save that is under way when the call is finished does not swallow what was typed after it', async () => {
  server.takes = 500;
  page.draft.body.record.note = '停水';
  await pass(700);
  page.draft.body.record.note = '停水，三日内回电';
  const saved = page.draft.saveNow();
  await pass(3000);
  expect(await saved).toBe(true);
  expect(server.noteOf(501)).toBe('停水，三日内回电');
});

test('a call that ends in the middle of a save leaves what was typed after it, and it goes up', async () => {
  server.takes = 500;
  page.draft.body.record.note = '停水';
  await pass(700);
  page.draft.body.record.note = '停水，三日内回电';
  nextCall(page, server, null);
  await pass(3000);

  expect(server.noteOf(501)).toBe('停水，三日内回电');
  expect(await vault.names('draft:')).toEqual([]);
});

test('a draft of a call that went to a colleague stays readable until its agent throws it away', async () => {
  server.fails = new Refused(409, { code: 'not-your-call' });
  page.draft.body.record.note = '三日内回电';
  await pass(2000);
  nextCall(page, server, 502);
  await pass(100);

  expect(page.draft.left.value).toMatchObject([{ callId: 501, why: 'not_yours' }]);
  await page.draft.discard(501);
  expect(page.draft.left.value).toEqual([]);
  expect(await vault.names('draft:')).toEqual([]);
});

test('the last words before a call ends are kept although the words before them are still being sealed', async () => {
  const slow: Vault = { ...vault, write: async (name, value) => {
    const now = JSON.stringify(value);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return vault.write(name, JSON.parse(now));
  } };
  page.scope.stop();
  page = openPage(server, slow, 501);
  await pass(10);
  server.fails = new Refused(500, {});
  page.draft.body.record.note = '停';
  page.draft.body.record.note = '停水';
  nextCall(page, server, null);
  server.fails = null;
  await pass(30_000);

  expect(server.noteOf(501)).toBe('停水');
  expect(await vault.names('draft:')).toEqual([]);
});
