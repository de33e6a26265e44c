import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, watch, type EffectScope } from 'vue';

import { FakeServer } from '../src/dev/fakeServer';
import { useDesk, type DeskHandle } from '../src/islands/agent_desk/useDesk';

let scope: EffectScope;
let server: FakeServer;
let desk: DeskHandle;

beforeEach(async () => {
  vi.useFakeTimers();
  scope = effectScope();
  server = new FakeServer();
  desk = scope.run(() => useDesk(server.wire())) as DeskHandle;
  await vi.advanceTimersByTimeAsync(50);
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

test('the desk begins with the snapshot', () => {
  expect(desk.state.value?.agent.work_number).toBe('1006');
  expect(desk.link.value).toBe('up');
});

test('a lost fact is asked for by the number of the last one', async () => {
  server.tell('desk.presence_changed', { presence: { ...server.desk.presence, state: 'not_ready' } }, true);
  server.rings();
  await vi.advanceTimersByTimeAsync(50);

  expect(server.heard).toContain('facts after 10');
  expect(desk.state.value?.offer?.line.number).toBe('12315');
  expect(desk.state.value?.number).toBe(server.desk.number);
});

test('a lost last fact is asked for when the server says how far its numbers have come', async () => {
  server.tell('desk.presence_changed', { presence: { ...server.desk.presence, state: 'not_ready' } }, true);
  await vi.advanceTimersByTimeAsync(50);
  expect(desk.state.value?.presence.state).not.toBe('not_ready');

  server.saysHowFarItIs();
  await vi.advanceTimersByTimeAsync(50);

  expect(desk.state.value?.presence.state).toBe('not_ready');
});

test('an agent who holds the caller as soon as he has answered finds the call on his desk', async () => {
  server.rings();
  await vi.advanceTimersByTimeAsync(50);
  const seen: string[] = [];
  const showing = () => `${desk.state.value?.presence.state}, ${desk.state.value?.call?.state ?? 'no call'}`;
  scope.run(() => watch(showing, (now) => seen.push(now), { flush: 'sync' }));

  server.answered();

  expect(seen).toEqual(['talking, talking']);
});

test('after a cut the screen equals the server', async () => {
  server.linksDown();
  expect(desk.link.value).toBe('down');
  server.rings();
  server.answered();
  server.ends('caller');
  server.linksUp();
  await vi.advanceTimersByTimeAsync(50);

  expect(desk.link.value).toBe('up');
  expect(desk.state.value?.call?.state).toBe('ended');
  expect(desk.state.value?.presence.state).toBe('wrap_up');
});

test('a server that began again with smaller numbers is believed', async () => {
  server.linksDown();
  server.desk = { ...server.desk, number: 2, presence: { ...server.desk.presence, state: 'missed' } };
  server.linksUp();
  await vi.advanceTimersByTimeAsync(50);

  expect(desk.state.value?.number).toBe(2);
  expect(desk.state.value?.presence.state).toBe('missed');
});

test('what an agent has just done does not come undone by an older picture of his desk', async () => {
  server.answersTravel = 200;
  server.greets(server.desk.number - 1); // it looked before the newest fact, and spoke after it
  await vi.advanceTimersByTimeAsync(50);
  expect(server.heard.at(-1)).toBe('snapshot');

  server.presence({ state: 'not_ready' });
  await vi.advanceTimersByTimeAsync(300);

  expect(desk.state.value?.presence.state).toBe('not_ready');
  expect(desk.state.value?.number).toBe(server.desk.number);
});

test('what an agent does while no news come is seen on his desk all the same', async () => {
  server.newsAreCut();
  server.presence({ state: 'not_ready' });
  desk.acted();
  await vi.advanceTimersByTimeAsync(50);
  expect(desk.state.value?.presence.state).toBe('not_ready');

  server.presence({ state: 'ready' }); // what came of it at the exchange
  await vi.advanceTimersByTimeAsync(1100);
  expect(desk.state.value?.presence.state).toBe('ready');
});

test('a fact that came before the snapshot is not lost', async () => {
  const late = new FakeServer();
  const other = scope.run(() => useDesk(late.wire())) as DeskHandle;
  await vi.advanceTimersByTimeAsync(8);
  const before = late.desk;
  late.rings();
  late.desk = { ...late.desk, ...before, number: before.number };
  await vi.advanceTimersByTimeAsync(100);

  expect(other.state.value?.offer?.offer_id).toBe(9001);
});
