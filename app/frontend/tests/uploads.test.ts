import { beforeEach, expect, test, vi } from 'vitest';

import { FakeServer } from '../src/dev/fakeServer';
import { makeCall, makeDesk } from '../src/dev/samples';
import { thisMachine } from '../src/islands/agent_desk/machine';
import { memoryVault, type Vault } from '../src/shared/vault';
import { eachTestHasADesk, found, lookAt, open as openDesk, page, pass, server, talking } from './deskPage';

// Whole desks, opened twice over: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 20_000 });
const TOLD = 'HY20261123900000';
let vault: Vault;

async function open(): Promise<void> {
  await openDesk({ vault });
  await pass(150);
}
async function finishAway(): Promise<void> {
  await found('tab-ticket').trigger('click');
  const whole = { content: '沿江路三盏路灯坏了', demand: '尽快修好', occurred: '一周前', respondent: '路灯所', county: '441602' };
  for (const [name, text] of Object.entries(whole)) await page.find(`#ticket-${name}`).setValue(text);
  await page.find('#ticket-category').setValue('td');
  await page.find('#ticket-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  server.linksDown();
  await found('save-ticket').trigger('submit');
  await pass(200);
}
/** The server is back, and will not have the category any more. */
async function refusedLater(): Promise<void> {
  server.refuses = ['category_code'];
  server.linksUp();
  await pass(5000);
}
async function openRefused(): Promise<void> {
  await found('upload-correct').trigger('click');
  await pass(100);
}
function leaveCall(): void {
  server.desk = { ...server.desk, call: null };
  server.tell('desk.call_closed', { call_id: 501 });
  server.presence({ state: 'ready' });
}
async function refusedAfterCall(): Promise<void> {
  await open();
  await finishAway();
  leaveCall();
  await refusedLater();
}

eachTestHasADesk();
beforeEach(() => {
  vault = memoryVault();
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
});

test('the number that the caller was told is the one of the corrected ticket', async () => {
  await open();
  await finishAway();
  expect(found('saved').text()).toContain(TOLD);
  await refusedLater();
  expect(found('form-message').exists()).toBe(true);

  page.unmount();
  server.refuses = [];
  await open();
  await found('tab-ticket').trigger('click');
  await pass(100);
  expect(found('number-kept').text()).toContain(TOLD);
  await found('save-ticket').trigger('submit');
  await pass(300);
  expect(server.opened.map((one) => one['reserved_number'])).toEqual([TOLD]);
});

test('a number that one caller was told is told to no other', async () => {
  await open();
  await finishAway();
  await refusedLater();
  server.refuses = [];
  leaveCall();
  page.unmount();
  server.desk = makeDesk({ call: makeCall({ call_id: 502 }), presence: talking() });
  await open();
  await finishAway();

  expect(found('saved').text()).toContain('HY20261123900001');
});

test('two tabs of one browser that both lost their server tell two callers two numbers', async () => {
  vault = { ...memoryVault(), isShared: true };
  const other = new FakeServer();
  other.desk = makeDesk({ call: makeCall({ call_id: 502 }), presence: talking() });
  await open();
  const first = page;
  server.linksDown();
  const here = server;
  lookAt(other, first);
  await open();
  const second = page;
  lookAt(here, first);
  await finishAway();
  expect(found('saved').text()).toContain(TOLD);
  lookAt(other, second);
  await finishAway();

  expect(found('saved').text()).toContain('HY20261123900001');
  first.unmount();
});

test('numbers are put aside for the browser, and for the page alone where its tabs see nothing of each other', async () => {
  const asked = () => [...new Set(server.heard.filter((one) => one.startsWith('numbers of ')))];
  const ofBrowser = `numbers of ${thisMachine()}`;
  await open();
  expect(asked()).toHaveLength(1);
  expect(asked()).not.toContain(ofBrowser);
  page.unmount();
  server.heard.length = 0;
  vault = { ...memoryVault(), isShared: true };
  await open();

  expect(asked()).toEqual([ofBrowser]);
});

test('a number that could not be kept for the corrected ticket is said', async () => {
  await open();
  await finishAway();
  await refusedLater();
  server.refuses = [];
  server.takenNumbers = [TOLD];
  await found('save-ticket').trigger('submit');
  await pass(300);

  expect(found('renumbered').text()).toContain(TOLD);
});

test('a refused ticket whose call has left the desk is opened, corrected and sent under its number', async () => {
  await refusedAfterCall();

  expect(found('uploads').exists()).toBe(false);
  expect(found('uploads-refused').text()).not.toContain('暂时连不上');
  await openRefused();
  expect(page.find('#ticket-category-error').exists()).toBe(true);
  await page.find('#ticket-respondent').setValue('市路灯所');
  // The window closes with a ring; what was typed in it is still there.
  server.rings();
  await pass(100);
  expect(found('upload-form').exists()).toBe(false);
  server.callerGone();
  await pass(100);
  await openRefused();
  expect((page.find('#ticket-respondent').element as HTMLInputElement).value).toBe('市路灯所');

  server.refuses = [];
  await found('upload-form').trigger('submit');
  await pass(300);
  expect(server.opened).toMatchObject([{ reserved_number: TOLD, respondent: '市路灯所', once: 'ticket' }]);
  expect(found('uploads-refused').exists()).toBe(false);
});

test('a refused ticket is thrown away only after a second word', async () => {
  await refusedAfterCall();
  await openRefused();

  await found('upload-discard').trigger('click');
  await pass(100);
  expect(await vault.names('upload:')).toHaveLength(1);
  await found('upload-discard').trigger('click');
  await pass(100);
  expect(await vault.names('upload:')).toEqual([]);
});
