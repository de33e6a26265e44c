// A desk whose clock is wrong, and one that slept: its timers are the server's, and it sees what it missed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';

import { FakeServer } from '../src/dev/fakeServer';
import { useDesk, type DeskHandle } from '../src/islands/agent_desk/useDesk';

const MINUTE = 60_000;
let scope: EffectScope;
let server: FakeServer;
let desk: DeskHandle;

const pass = (wait: number) => vi.advanceTimersByTimeAsync(wait);
const serverTime = () => Date.now() + server.clockAhead;
/** The timers stand still while the clock goes on, as with a lid that is closed. */
const sleep = (length: number) => vi.setSystemTime(Date.now() + length);

async function open(clockAhead = 0): Promise<void> {
  server.clockAhead = clockAhead;
  desk = scope.run(() => useDesk(server.wire())) as DeskHandle;
  await pass(300);
}

beforeEach(() => {
  vi.useFakeTimers();
  scope = effectScope();
  server = new FakeServer();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

test.each([-7 * MINUTE, 0, 7 * MINUTE])('a desk whose server is %d ms ahead has the time of the server', async (ahead) => {
  await open(ahead);

  expect(Math.abs(desk.now.value - serverTime())).toBeLessThan(300);
});

test('news that travelled for a second do not set the clock back', async () => {
  await open();

  server.clockAhead = -1000;
  server.linksUp();
  await pass(300);

  expect(Math.abs(desk.now.value - Date.now())).toBeLessThan(300);
});

test('a clock that is put right while the desk is open changes no timer', async () => {
  await open(7 * MINUTE);

  server.clockAhead = 0;
  vi.setSystemTime(Date.now() + 7 * MINUTE);
  await pass(600);

  expect(Math.abs(desk.now.value - serverTime())).toBeLessThan(300);
});

test('a clock that is put back by an hour changes no timer', async () => {
  await open();

  server.clockAhead = 60 * MINUTE;
  vi.setSystemTime(Date.now() - 60 * MINUTE);
  await pass(600);

  expect(Math.abs(desk.now.value - serverTime())).toBeLessThan(300);
});

test('a desk that slept shows what it missed, although nobody told it that anything was', async () => {
  await open();
  server.tell('desk.presence_changed', { presence: { ...server.desk.presence, state: 'not_ready' } }, true);
  server.desk = { ...server.desk, presence: { ...server.desk.presence, state: 'not_ready' } };
  await pass(1000);
  expect(desk.state.value?.presence.state).toBe('ready');

  sleep(5 * MINUTE);
  await pass(600);

  expect(desk.state.value?.presence.state).toBe('not_ready');
  expect(server.heard.filter((one) => one === 'snapshot')).toHaveLength(2);
});

test('a desk that wakes up before its network asks again until it is there', async () => {
  await open();
  server.linksDown();
  sleep(5 * MINUTE);
  await pass(3000);
  server.rings();
  server.isAway = false;
  await pass(1500);

  expect(desk.state.value?.offer?.line.number).toBe('12315');
});

test('after a long sleep the desk begins on a fresh connection, after a short one it keeps its own', async () => {
  await open();
  sleep(10_000);
  await pass(600);
  expect(server.reconnected).toBe(0);

  sleep(5 * MINUTE);
  await pass(600);
  expect(server.reconnected).toBe(1);
});

test('a desk in the background, which is let tick once a minute, keeps its connection', async () => {
  await open();
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);

  sleep(MINUTE);
  await pass(600);

  expect(server.reconnected).toBe(0);
  expect(server.heard.filter((one) => one === 'snapshot')).toHaveLength(2);
  vi.restoreAllMocks();
});
