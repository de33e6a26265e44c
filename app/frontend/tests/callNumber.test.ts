import { expect, test } from 'vitest';

import { caller, makeCall, makeDesk } from '../src/dev/samples';
import { otherNumbers } from '../src/islands/agent_desk/otherNumbers';
import { eachTestHasADesk, found, open, page, pass, server } from './deskPage';

eachTestHasADesk();
const numbers = () => page.findAll('[data-testid="call-number"]');

test('in a call a number says why it cannot be called, and calls nobody', async () => {
  server.desk = makeDesk({
    call: makeCall({ caller: { ...caller, chosen_id: 1 } }),
    presence: { ...makeDesk().presence, state: 'talking' },
  });
  await open();

  expect(numbers().map((one) => one.attributes('aria-label'))).toEqual(['呼叫 139****2817', '呼叫 0762****118', '呼叫 137****5566']);
  const first = numbers()[0];
  expect(first?.attributes('aria-disabled')).toBe('true');
  expect(document.getElementById(first?.attributes('aria-describedby') ?? '')?.textContent).toBe('请先结束当前通话和整理');
  await first?.trigger('click');
  await pass(100);

  expect(found('message').text()).toContain('请先结束当前通话和整理');
  expect(found('call-out-go').exists()).toBe(false);
});

test('after the call the caller and his other numbers are called without their numbers being known', async () => {
  await open();
  server.rings();
  server.desk = { ...server.desk, call: null };
  await pass(100);
  await found('answer').trigger('click');
  await pass(300);
  await found('caller-who').setValue('1');
  await pass(100);
  server.tell('desk.caller_chosen', { call_id: server.desk.call?.call_id ?? 0, caller_id: 1 });
  server.ends('caller');
  server.tell('desk.call_closed', { call_id: server.desk.call?.call_id ?? 0 });
  server.presence({ state: 'ready' });
  await pass(100);

  const contact = numbers().find((one) => one.attributes('aria-label') === '呼叫 137****5566');
  expect(contact?.attributes('aria-disabled')).toBe('false');
  await contact?.trigger('click');
  await pass(300);
  expect(page.find('.call-out-known').text()).toBe('137****5566');
  await page.find('dialog[open] form').trigger('submit');
  await pass(100);

  expect(server.heard).toContain('call-out {"of_number":32} 12315');
});

test('a unit of the directory is found by its initials and called by its code', async () => {
  await open();
  await found('call_out').trigger('click');
  await pass(300);
  expect(page.findAll('[data-testid="call-out-entries"] button').map((one) => one.find('strong').text())).not.toContain('公安 110');

  await found('call-out-number').setValue('gjj');
  const rows = page.findAll('[data-testid="call-out-entries"] button');
  expect(rows.map((one) => one.find('strong').text())).toEqual(['住房公积金分中心']);
  await rows[0]?.trigger('click');
  await pass(100);
  await page.find('dialog[open] form').trigger('submit');
  await pass(100);

  expect(server.heard).toContain('call-out {"of_entry":"housing-fund-sample"} 12345');
});

test('each other number stands once, and nobody is guessed among several', () => {
  const [first, second] = caller.persons;

  expect(otherNumbers({ ...caller, chosen_id: first?.caller_id ?? null }).map((one) => one.whom)).toEqual([{ of_number: 31 }, { of_number: 32 }]);
  expect(otherNumbers({ ...caller, chosen_id: second?.caller_id ?? null }).map((one) => one.whom)).toEqual([{ of_ticket: 4 }]);
  expect(otherNumbers(caller).map((one) => one.whom)).toEqual([{ of_ticket: 4 }]);
});

test('a missed caller whom a colleague took, or who is done, is called from his number too', async () => {
  await open();
  await found('open-call-backs').trigger('click');
  await pass(100);
  const calls = (row: string) => found(row).findAll('[data-testid="call-number"]').map((one) => one.attributes('aria-label'));
  expect([calls('missed-301'), calls('missed-302')]).toEqual([[], ['呼叫 137****2200']]);
  await page.find('[name="call-backs-shows"][value="done"]').setValue();
  expect(calls('missed-300')).toEqual(['呼叫 0762****333']);

  await found('missed-300').find('[data-testid="call-number"]').trigger('click');
  await pass(100);
  expect(page.findAll('dialog[open]')).toHaveLength(1);
  await found('call-out-go').trigger('submit');
  await pass(100);

  expect(server.heard).toContain('call-out {"of_call":300} 12345');
});

test('who is signed out reads that beside the number he calls', async () => {
  await open();
  window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyO', key: 'O', ctrlKey: true, shiftKey: true }));
  await pass(100);
  await found('call-out-number').setValue('13900000000');
  server.isSessionOver = true;

  await found('call-out-go').trigger('submit');
  await pass(100);

  expect(found('call-out-error').text()).toContain('登录已失效');
});
