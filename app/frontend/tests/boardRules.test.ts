// What the board decides by itself: which picture is newer, how old it is, how figures are written.
import { expect, test } from 'vitest';

import type { AgentRow, Board, Slot } from '../src/islands/shift_board/boardTypes';
import { ordered, percent, stateKey, toneOf } from '../src/islands/shift_board/boardWords';
import { curveOption } from '../src/islands/shift_board/dayCurve';
import { ageOf, isAbout, newer, serverTime, vouch } from '../src/islands/shift_board/freshness';

const picture = (stream: string, version: number) => ({ stream, version }) as Board;
const share = (part: number, whole: number) => ({ part, whole, value: whole ? part / whole : null });

test('an older picture of the same process never takes the place of a newer one', () => {
  const shown = picture('a', 7);
  expect(newer(shown, picture('a', 6))).toBe(shown);
  expect(newer(shown, picture('a', 8)).version).toBe(8);
  expect(newer(null, picture('a', 1)).version).toBe(1);
});

test('a picture of another process is taken whatever its number', () => {
  expect(newer(picture('a', 7), picture('b', 1)).stream).toBe('b');
});

test('a word that a picture holds is only about that very picture', () => {
  const held = { stream: 'a', version: 7, as_of: '' };
  expect(isAbout(picture('a', 7), held)).toBe(true);
  expect(isAbout(picture('a', 6), held)).toBe(false);
  expect(isAbout(picture('b', 7), held)).toBe(false);
  expect(isAbout(null, held)).toBe(false);
});

test('data grow older until the server vouches again, whatever the two clocks say', () => {
  const hours = 3_600_000; // the page's clock is hours away from the server's
  const first = vouch(null, 10 * hours, 50);
  expect(ageOf(first, 50)).toBe(0);
  expect(ageOf(first, 4050)).toBe(4000);
  const again = vouch(first, 10 * hours + 4000, 4050);
  expect(ageOf(again, 4050)).toBe(0);
  expect(serverTime(again, 4050)).toBe(10 * hours + 4000);
});

test('a message that was held up on its way is old when it arrives', () => {
  const quick = vouch(null, 1000, 0);
  const late = vouch(quick, 2000, 6000);
  expect(ageOf(late, 6000)).toBe(5000);
});

test('a share is cut and not rounded: nobody reaches a goal by rounding', () => {
  expect(percent(share(9496, 10_000))).toBe('94.9%');
  expect(percent(share(9999, 10_000))).toBe('99.9%');
  expect(percent(share(3, 3))).toBe('100%');
  expect(percent(share(0, 3))).toBe('0.0%');
  expect(percent(share(0, 0))).toBe('–');
});

test('a tone says how a share stands to its goal', () => {
  expect(toneOf(share(95, 100), 0.95)).toBe('good');
  expect(toneOf(share(90, 100), 0.95)).toBe('near');
  expect(toneOf(share(89, 100), 0.95)).toBe('bad');
  expect(toneOf(share(0, 0), 0.95)).toBe('none');
});

const agent = (state: string, since: string, more: Partial<AgentRow> = {}) =>
  ({ state, since, reason: null, call: null, ...more }) as AgentRow;

test('agents stand by state, and within a state the longest first', () => {
  const rows = [
    agent('ready', '2026-11-23T02:00:00Z'),
    agent('somewhere_new', '2026-11-23T01:00:00Z'),
    agent('talking', '2026-11-23T02:05:00Z'),
    agent('talking', '2026-11-23T02:01:00Z'),
  ];
  expect(ordered(rows).map((row) => [row.state, row.since.slice(14, 16)])).toEqual([
    ['talking', '01'], ['talking', '05'], ['ready', '00'], ['somewhere_new', '00'],
  ]);
});

test('a held call and a supervisor are named as what they are', () => {
  const call = { call_id: 1, dialled_number: '12315', line_name: '', state: 'held' };
  expect(stateKey(agent('talking', '', { call }))).toBe('state.held');
  expect(stateKey(agent('talking', '', { call, reason: 'supervising' }))).toBe('board.supervising');
  expect(stateKey(agent('reconnecting', ''))).toBe('state.line_lost');
});

test('a half hour without calls leaves a gap in the curve, not a zero', () => {
  const slot = (part: number, whole: number): Slot => ({ at: '2026-11-23T02:00:00Z', requested: whole, answered: part, in_time: share(part, whole) });
  const { series, xAxis } = curveOption([slot(1, 2), slot(0, 0)], { requested: 'r', answered: 'a', in_time: 't' }, { ink: '#000', faint: '#000', size: 12, font: 'sans-serif', isStill: true });

  expect(series[2]?.data).toEqual([50, null]);
  expect(xAxis.data).toEqual(['10:00', '10:00']);
});
