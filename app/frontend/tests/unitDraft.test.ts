import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { beforeSignOut } from '../src/shared/signOut';
import { keepUnitDraft, putBack, typedInto, type Draft } from '../src/shared/unitDraft';
import { memoryVault, type Vault } from '../src/shared/vault';

const KEPT_AFTER_MS = 400;
const FORM = `<form action="/sign-out" data-person="14"></form><form id="unit-result" method="post" action="http://localhost/unit/tickets/7/result">
  <input type="hidden" name="csrf_token" value="token"><input type="hidden" name="result-seen" value="3">
  <input type="hidden" name="result-once_key" value="fresh-key">
  <input type="file" name="result-photos">
  <input type="radio" name="result-solved" value="yes"><input type="radio" name="result-solved" value="no">
  <textarea name="result-public_reply"></textarea>
  <p data-draft-says hidden data-keeping="keeping" data-kept="kept" data-nothing="nothing" data-waits="waits" data-sending="sending" data-photos="photos"></p>
</form>`;
const NAME = 'unit:14:http://localhost/unit/tickets/7/result';
let vault: Vault;
let isOnline: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = FORM;
  vault = { ...memoryVault(), isShared: true };
  isOnline = true;
  vi.spyOn(navigator, 'onLine', 'get').mockImplementation(() => isOnline);
});

afterEach(() => {
  beforeSignOut.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const form = () => document.querySelector<HTMLFormElement>('#unit-result')!;
const reply = () => form().querySelector('textarea')!;
const said = () => form().querySelector<HTMLElement>('[data-draft-says]')!;

async function type(text: string): Promise<void> {
  reply().value = text;
  form().querySelector<HTMLInputElement>('[value="yes"]')!.checked = true;
  reply().dispatchEvent(new Event('input', { bubbles: true }));
  await vi.advanceTimersByTimeAsync(KEPT_AFTER_MS);
}

function send(): void {
  form().dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
}

function answers(...given: (Response | Error)[]): ReturnType<typeof vi.fn> {
  const fetching = vi.fn(() => {
    const next = given.shift()!;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  vi.stubGlobal('fetch', fetching);
  return fetching;
}

function landedOn(path: string): Response {
  const answer = new Response('', { status: 200 });
  Object.defineProperty(answer, 'url', { value: `http://localhost${path}` });
  return answer;
}

test('what is typed is kept, without the files and without what the page itself put there', async () => {
  keepUnitDraft(vault);
  await type('三盏路灯已全部修复');
  expect(await vault.read<Draft>(NAME)).toEqual({
    onceKey: 'fresh-key',
    fields: { 'result-solved': 'yes', 'result-public_reply': '三盏路灯已全部修复' },
  });
  expect(said().textContent).toBe('kept');
});

test('a page that is opened again shows what was typed, under the key of that act', async () => {
  await vault.write(NAME, { onceKey: 'first-key', fields: { 'result-solved': 'no', 'result-public_reply': '已约明日上门' } });
  keepUnitDraft(vault);
  await vi.advanceTimersByTimeAsync(0);
  expect(reply().value).toBe('已约明日上门');
  expect(form().querySelector<HTMLInputElement>('[value="no"]')!.checked).toBe(true);
  expect(typedInto(form()).onceKey).toBe('first-key');
  expect(said().textContent).toBe('photos');
});

test('what the server sent back is not overwritten by a draft', () => {
  reply().defaultValue = '服务器退回的内容';
  expect(putBack(form(), { onceKey: 'old', fields: { 'result-public_reply': '旧草稿' } })).toBe(false);
  expect(reply().value).toBe('服务器退回的内容');
  expect(typedInto(form()).onceKey).toBe('fresh-key');
});

test('what a browser put back by itself stands, and the draft brings the rest', async () => {
  await vault.write(NAME, { onceKey: 'first-key', fields: { 'result-solved': 'yes', 'result-public_reply': '三盏' } });
  reply().value = '三盏路灯';
  keepUnitDraft(vault);
  await vi.advanceTimersByTimeAsync(0);
  expect(reply().value).toBe('三盏路灯');
  expect(form().querySelector<HTMLInputElement>('[value="yes"]')!.checked).toBe(true);
});

test('it is said to be kept only while all of it is, and a choice is kept at once', async () => {
  keepUnitDraft(vault);
  await type('三盏路灯');
  expect(said().textContent).toBe('kept');
  reply().value = '三盏路灯已修';
  reply().dispatchEvent(new Event('input', { bubbles: true }));
  await vi.advanceTimersByTimeAsync(KEPT_AFTER_MS - 1);
  expect(said().textContent).toBe('keeping');

  const choice = form().querySelector<HTMLInputElement>('[value="no"]')!;
  choice.checked = true;
  choice.dispatchEvent(new Event('input', { bubbles: true }));
  await vi.advanceTimersByTimeAsync(0);
  expect(said().textContent).toBe('kept');
  expect((await vault.read<Draft>(NAME))?.fields).toEqual({ 'result-solved': 'no', 'result-public_reply': '三盏路灯已修' });
});

test('where nothing lasts longer than the page, nothing else is said', async () => {
  vault = memoryVault();
  keepUnitDraft(vault);
  await type('三盏路灯');

  expect(said().textContent).toBe('nothing');
});

test('what another person typed in this browser is not put back', async () => {
  await vault.write(NAME.replace('14', '15'), { onceKey: 'his', fields: { 'result-public_reply': '他人的草稿' } });
  keepUnitDraft(vault);
  await vi.advanceTimersByTimeAsync(0);

  expect(reply().value).toBe('');
});

test('nobody signs out while what was handed in waits for the line', async () => {
  answers(new TypeError('away'), landedOn('/unit'));
  keepUnitDraft(vault);
  const mayGo = async () => (await Promise.all([...beforeSignOut].map((ask) => ask()))).every(Boolean);
  await type('三盏路灯');
  expect(await mayGo()).toBe(true);
  send();
  await vi.advanceTimersByTimeAsync(0);

  expect(await mayGo()).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await mayGo()).toBe(true);
});

test('what is sent while the line is down waits, and is sent once when it is back', async () => {
  const fetching = answers(new TypeError('away'), landedOn('/unit'));
  keepUnitDraft(vault);
  await type('三盏路灯已全部修复');
  send();
  send();
  await vi.advanceTimersByTimeAsync(500);
  expect(fetching).toHaveBeenCalledTimes(1);
  expect(said().textContent).toBe('waits');

  window.dispatchEvent(new Event('online'));
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetching).toHaveBeenCalledTimes(2);
  const [address, sent] = fetching.mock.calls[1] as [string, { body: FormData }];
  expect(address).toBe('http://localhost/unit/tickets/7/result');
  expect(sent.body.get('result-once_key')).toBe('fresh-key');
  expect(await vault.read(NAME)).toBeNull();
});

test('a browser that takes itself for offline in a network of its own sends all the same', async () => {
  const fetching = answers(landedOn('/unit'));
  keepUnitDraft(vault);
  isOnline = false;
  await type('三盏路灯已全部修复');
  send();
  await vi.advanceTimersByTimeAsync(0);
  expect(fetching).toHaveBeenCalledTimes(1);
});

test('a line that breaks while it is sent is tried again by itself, with the same key', async () => {
  const fetching = answers(new TypeError('away'), landedOn('/unit'));
  keepUnitDraft(vault);
  await type('三盏路灯已全部修复');
  send();
  await vi.advanceTimersByTimeAsync(0);
  expect(said().textContent).toBe('waits');
  expect(await vault.read(NAME)).not.toBeNull();

  await vi.advanceTimersByTimeAsync(1000);
  const keys = fetching.mock.calls.map((one) => (one as [string, { body: FormData }])[1].body.get('result-once_key'));
  expect(keys).toEqual(['fresh-key', 'fresh-key']);
  expect(await vault.read(NAME)).toBeNull();
});

test('what the server refuses is shown by the page itself, and stays kept', async () => {
  answers(landedOn('/unit/tickets/7/result'));
  const submitted = vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(() => undefined);
  keepUnitDraft(vault);
  await type('三盏');
  send();
  await vi.advanceTimersByTimeAsync(0);
  expect(submitted).toHaveBeenCalledTimes(1);
  expect(await vault.read(NAME)).not.toBeNull();
});
