// Figures, messages and choices of before do not stay when they hold no longer.
import { expect, test } from 'vitest';

import type { Directory } from '../src/islands/agent_desk/deskTypes';
import type { DeskWire } from '../src/islands/agent_desk/deskWire';
import { directory } from '../src/dev/samples';
import { chord, eachTestHasADesk, found, open, page, pass, press, server } from './deskPage';

// A minute before midnight in Shanghai.
eachTestHasADesk({ now: '2026-11-23T15:59:00Z' });

test('calls answered today begin anew at midnight of the city', async () => {
  await open();
  expect(found('open-figures').text()).toContain('17');

  await pass(61_000);
  expect(found('open-figures').text()).toContain('今日接听 0');

  server.rings();
  await pass(100);
  server.answered();
  await pass(300);
  expect(found('open-figures').text()).toContain('今日接听 1');
});

test('a list of missed callers that could be fetched again no longer says that the server is away', async () => {
  await open();
  await press('KeyB', chord);
  expect(found('call-backs').exists()).toBe(true);
  server.isAway = true;
  await pass(10_100);
  expect(page.text()).toContain('服务器暂时没有回应');

  server.isAway = false;
  await pass(10_100);

  expect(page.find('dialog[open]').text()).not.toContain('服务器暂时没有回应');
});

/** Directories that answer when the test lets them. */
function slowDirectory(wire: DeskWire): { wire: DeskWire; answers: ((with_: Directory) => void)[] } {
  const answers: ((with_: Directory) => void)[] = [];
  return { answers, wire: { ...wire, directory: () => new Promise((resolve) => answers.push(resolve)) } };
}

test('a quick Enter shows the citizen the number of this call-out, not of the one before', async () => {
  const slow = slowDirectory(server.wire());
  await open({ wire: slow.wire });
  await press('KeyB', chord);
  const callNow = () => page.find('[data-testid="missed-301"] .btn-success');
  await callNow().trigger('click');
  await pass(50);
  slow.answers[0]?.(directory);
  await pass(50);
  await found('call-out-shown').setValue('12345');
  await found('dialog-close').trigger('click');
  await pass(50);

  await press('KeyB', chord);
  await callNow().trigger('click');
  await pass(50);
  await found('call-out-go').trigger('submit');
  slow.answers[1]?.(directory);
  await pass(50);

  expect(server.heard.filter((one) => one.startsWith('call-out'))).toEqual(['call-out {"of_call":301} 12315']);
});

test('a number called before the directory is here waits for it, and is not sent without a number of ours', async () => {
  const slow = slowDirectory(server.wire());
  await open({ wire: slow.wire });
  await press('KeyO', chord);
  await found('call-out-number').setValue('13900000000');
  await found('call-out-go').trigger('submit');
  await pass(50);
  expect(server.heard.filter((one) => one.startsWith('call-out'))).toEqual([]);

  slow.answers[0]?.(directory);
  await pass(100);

  expect(server.heard.filter((one) => one.startsWith('call-out'))).toEqual(['call-out {"number":"13900000000"} 12345']);
});
