// What is pressed on the keypad reaches the exchange in the order in which it was pressed.
import { beforeEach, expect, test } from 'vitest';

import { Refused } from '../src/shared/http';
import { createDigitQueue } from '../src/islands/agent_desk/digitQueue';
import { chord, eachTestHasADesk, found, open, openInACall, page, pass, press as pressKey, server } from './deskPage';

eachTestHasADesk();
beforeEach(openInACall);

test('digits pressed while one is on its way wait for it and go together', async () => {
  await pressKey('KeyD', chord);

  for (const key of '13#') await found(`digit-${key}`).trigger('click');
  await pass(100);

  expect(server.heard.filter((one) => one.startsWith('digits'))).toEqual(['digits {"digits":"1"}', 'digits {"digits":"3#"}']);
});

test('what follows a digit that was refused is not sent without it', async () => {
  const sent: [number, string][] = [];
  const press = createDigitQueue(async (call, digits) => {
    sent.push([call, digits]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return digits !== '1';
  });

  for (const key of '123') press(501, key);
  await pass(100);
  press(501, '9');
  await pass(100);

  expect(sent).toEqual([[501, '1'], [501, '9']]);
});

test('digits of one call never go to the next one, and no more at once than the server takes', async () => {
  const sent: [number, string][] = [];
  const press = createDigitQueue(async (call, digits) => {
    sent.push([call, digits]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return true;
  });

  press(501, '1');
  press(501, '2');
  press(502, '7');
  for (let count = 0; count < 40; count += 1) press(502, '0');
  await pass(200);

  expect(sent).toEqual([[501, '1'], [501, '2'], [502, `7${'0'.repeat(31)}`], [502, '0'.repeat(9)]]);
});

test('a sentence said after a digit was pressed stays while the digits behind it are sent', async () => {
  await pressKey('KeyD', chord);
  for (const key of '13') await found(`digit-${key}`).trigger('click');
  await found('dialog-close').trigger('click');

  window.dispatchEvent(new KeyboardEvent('keydown', { code: 'Digit3', key: '3', ...chord }));
  await pass(300);

  expect(server.heard.filter((one) => one.startsWith('digits'))).toHaveLength(2);
  expect(found('message').text()).toContain('还没有人接听咨询');
});

test('a refusal of the server is told at the desk', async () => {
  page.unmount();
  const wire = server.wire();
  const refused = { ...wire, wish: () => Promise.reject(new Refused(409, { code: 'not_in_a_call', message: '当前没有通话' })) };
  await open({ wire: refused });
  await pressKey('KeyD', chord);

  await found('digit-1').trigger('click');
  await pass(100);

  expect(found('message').text()).toContain('当前没有通话');
});
