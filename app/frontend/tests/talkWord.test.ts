import { expect, test } from 'vitest';
import { makeCall } from '../src/dev/samples';
import type { CallState } from '../src/islands/agent_desk/deskTypes';
import { talkWord } from '../src/islands/agent_desk/talkWord';

test('a held caller is called held, and not a talk', () => {
  expect(talkWord('state.talking', makeCall({ state: 'held' }))).toBe('state.held');
});

test('a state that a newer server knows is shown as a talk', () => {
  expect(talkWord('state.talking', makeCall({ state: 'dreaming' as CallState }))).toBe('state.talking');
});

test('a lost line stays a lost line, whatever the caller hears', () => {
  expect(talkWord('state.line_lost', makeCall({ state: 'held' }))).toBe('state.line_lost');
});
