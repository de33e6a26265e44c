import { expect, test, vi } from 'vitest';

import { ago, ahead, makeCall, makeDesk } from '../src/dev/samples';
import { eachTestHasADesk, found, open as openDesk, page, pass, press, server } from './deskPage';

// Whole desks: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 20_000 });
eachTestHasADesk();
const isAsked = () => found('leave-dialog').exists();

async function open(presence: object): Promise<void> {
  const whole = { state: 'wrap_up' as const, reason: null, since: ago(12), until: ahead(48), next_state: null, next_reason: null, extensions: 0, ...presence };
  server.desk = makeDesk({ call: makeCall({ state: 'ended', ended_at: ago(12), ended_by: 'caller' }), presence: whole });
  await openDesk();
}
async function click(id: string): Promise<void> {
  await found(id).trigger('click');
  await pass(300);
}
const unfinished = { state: 'not_ready', reason: 'record_unfinished', until: null };

test('after the wrap-up time a code can still be given, and the time is neither counted nor put off', async () => {
  await open(unfinished);
  expect(found('wrap-up').exists()).toBe(true);
  expect([found('extend').exists(), found('wrap-up-left').exists()]).toEqual([false, false]);

  await press('Digit2', { key: '2' });
  await press('KeyN', { altKey: true });
  expect(server.heard).toContain('finish ticket ready');
});

test('after the wrap-up time the next state is chosen here and told with the end', async () => {
  await open(unfinished);
  await found('wrap-up-next').setValue('not_ready:meal');
  await pass(100);
  expect((found('wrap-up-next').element as HTMLSelectElement).value).toBe('not_ready');
  await press('Digit2', { key: '2' });
  await click('finish');

  expect(server.heard).not.toContain('next');
  expect(server.heard).toContain('finish ticket not_ready');
  expect(server.desk.presence).toMatchObject({ state: 'not_ready', reason: 'meal' });
});

test('a draft that was typed and not filed is asked about before the call is finished', async () => {
  await open({});
  await page.find('#record-note').setValue('三日内回电');
  await press('Digit2', { key: '2' });
  await click('finish');
  expect(isAsked()).toBe(true);
  await click('leave-stay');
  expect([isAsked(), server.heard.some((one) => one.startsWith('finish'))]).toEqual([false, false]);

  await click('finish');
  await click('leave-draft');
  expect(server.heard).toContain('finish ticket ready');
  expect(server.drafts.at(-1)).toMatchObject({ record: { note: '三日内回电' } });
});

test('filing it from the question files it and then finishes; what is refused stays on the desk', async () => {
  await open({});
  await page.find('#record-note').setValue('三日内回电');
  await press('Digit2', { key: '2' });
  await click('finish');
  await click('leave-file');
  expect(found('form-message').exists()).toBe(true);
  expect(server.heard.some((one) => one.startsWith('finish'))).toBe(false);

  await page.find("input[name='record-result'][value='answered']").setValue(true);
  await page.find('#record-category').setValue('td');
  await page.find('#record-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  await click('finish');
  await click('leave-file');
  expect(server.heard.indexOf('finish ticket ready')).toBeGreaterThan(server.heard.lastIndexOf('record'));
});

test('becoming ready and not ready ask as well, and Escape stays with the call', async () => {
  await open(unfinished);
  await page.find('#record-note').setValue('三日内回电');
  await pass(100);
  await page.find('.bar .btn-success').trigger('click');
  await pass(100);
  expect(isAsked()).toBe(true);
  page.find('dialog[open]').element.dispatchEvent(new Event('close'));
  await pass(100);

  expect(isAsked()).toBe(false);
  expect(server.heard).not.toContain('presence');
});

test('a call about which nothing was typed is finished without a question', async () => {
  await open({});
  await press('Digit2', { key: '2' });
  await press('KeyN', { altKey: true });

  expect(isAsked()).toBe(false);
  expect(server.heard).toContain('finish ticket ready');
});

test('a call that was taken up on its page comes to the desk that is open, with its draft', async () => {
  await openDesk();
  const body = { tab: 'record', record: { note: '三日内回电' } };
  const call = makeCall({ state: 'ended', ended_at: ago(900), ended_by: 'caller', draft: { version: 4, body, saved_at: ago(900) } });
  server.desk = { ...server.desk, call };
  server.presence({ state: 'not_ready', reason: 'record_unfinished' });
  await pass(500);

  expect(found('wrap-up').exists()).toBe(true);
  expect((page.find('#record-note').element as HTMLTextAreaElement).value).toBe('三日内回电');
});
