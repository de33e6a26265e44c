// What a screen reader is told by itself: once, and in regions that were there before their words.
import { beforeEach, expect, test } from 'vitest';

import { eachTestHasADesk, found, open, page, pass, server } from './deskPage';

const LIVE = '[role="status"], [role="alert"], [aria-live]';

eachTestHasADesk();
beforeEach(() => open());
const regions = () => [...document.querySelectorAll(LIVE)];

/** What stands in live regions, without what is hidden from a screen reader. */
function spoken(): string {
  return regions().map((region) => {
    const copy = region.cloneNode(true) as Element;
    for (const hidden of copy.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
    return region.closest('[aria-hidden="true"]') ? '' : copy.textContent;
  }).join('\n');
}
/** The live region in which this stands. */
function regionOf(id: string): Element | null {
  return found(id).element.closest(LIVE);
}

test('a broken connection is told once, however long it lasts', async () => {
  server.linksDown();
  await pass(3000);
  const first = spoken();
  const shown = found('link-down').text();
  expect(first).toContain('系统连接中断，电话照常可接');

  await pass(5000);

  expect(found('link-down').text()).not.toBe(shown);
  expect(spoken()).toBe(first);
});

test('how an offer ended is told in a region that was there before', async () => {
  const before = regions();
  server.rings();
  await pass(100);
  server.callerGone();
  await pass(300);

  expect(regionOf('offer-ended')).not.toBeNull();
  expect(before).toContain(regionOf('offer-ended'));
});

test('what somebody else did at the desk is told in a region that was there before', async () => {
  const before = regions();
  server.noticed();
  await pass(50);

  expect(before).toContain(regionOf('notice'));
});

test('why no call comes is told in a region that was there before the answer', async () => {
  page.unmount();
  const wire = server.wire();
  let answer: (verdict: { code: string; parameters: Record<string, number> }) => void = () => undefined;
  await open({ wire: { ...wire, whyNoCall: () => new Promise((resolve) => (answer = resolve)) } });
  const before = regions();
  expect(found('why-no-call').exists()).toBe(false);

  answer({ code: 'nobody_waits', parameters: { ahead: 0 } });
  await pass(50);

  expect(before).toContain(regionOf('why-no-call'));
});
