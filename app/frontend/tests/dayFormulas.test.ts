import { expect, test } from 'vitest';

import { ownDay } from '../src/dev/samples';
import { figuresOf } from '../src/islands/agent_desk/dayFormulas';
import { levelOf } from '../src/shared/phone/soundDevices';
import { whyNoCall } from '../src/islands/agent_desk/whyNoCall';

test('each figure comes with the numbers it is made of', () => {
  const figures = Object.fromEntries(figuresOf(ownDay).map((one) => [one.name, one]));

  expect(figures['handling']).toMatchObject({ value: '3:50', parts: { talk: '57:00', wrap_up: '16:00', handled: 19 } });
  expect(figures['occupancy']).toMatchObject({ value: '65.0%', parts: { busy: '1:14:14', ready: '40:00' } });
  expect(figures['handled']).toMatchObject({ value: '19', parts: { answered: 17, out: 2 } });
});

test('nothing done yet has no average, not a zero', () => {
  const figures = figuresOf({ ...ownDay, handling_seconds: null, occupancy: null });

  expect(figures.filter((one) => one.value === null).map((one) => one.name)).toEqual(['handling', 'occupancy']);
});

const told = { code: 'nobody_waits', parameters: { ahead: 1 } };
const fine = { isLinkUp: true, hasPhone: true, phone: { line: 'registered', microphone: 'ready' } } as const;

test.each([
  ['all is well here', fine, told, 'nobody_waits'],
  ['cut off', { ...fine, isLinkUp: false }, told, 'page_cut_off'],
  ['no microphone', { ...fine, phone: { ...fine.phone, microphone: 'refused' as const } }, told, 'no_microphone'],
  ['phone away', { ...fine, phone: { ...fine.phone, line: 'connecting' as const } }, told, 'phone_away'],
  ['a phone elsewhere', { ...fine, hasPhone: false, phone: { line: 'off' as never, microphone: 'ready' as const } }, told, 'nobody_waits'],
])('why no call comes: %s', (_name, local, verdict, code) => {
  expect(whyNoCall(local, verdict)?.code).toBe(code);
});

test('nothing is said while nothing is known', () => {
  expect(whyNoCall(fine, null)).toBeNull();
});

test('the level of silence is nothing, of a full tone nearly all', () => {
  expect(levelOf(new Float32Array(512))).toBe(0);
  expect(levelOf(new Float32Array(512).map((_, at) => Math.sin(at / 4)))).toBeGreaterThan(0.9);
});
