import { describe, expect, test } from 'vitest';

import { phoneOff, type SessionState } from '../src/shared/phone/phone';
import { withLine, type LineState } from '../src/shared/phone/phoneLines';
import { freshCredentialsAfter, mayStart } from '../src/shared/phone/phoneStart';

function phone(session: SessionState, ...states: LineState[]) {
  const lines = states.reduce((known, state, at) => withLine(known, `hy${at + 1}`, state), phoneOff.lines);
  return { lines, session };
}

describe('a phone with fresh credentials', () => {
  test('starts where there is none, or one that was refused or lost', () => {
    expect(mayStart(phoneOff, 'none')).toBe(true);
    for (const state of ['refused', 'lost'] as const) {
      expect(mayStart(phone('none', state), 'none')).toBe(true);
    }
  });

  test('starts where one of its lines was refused or lost', () => {
    expect(mayStart(phone('none', 'registered', 'refused'), 'none')).toBe(true);
    expect(mayStart(phone('none', 'registered', 'connecting'), 'none')).toBe(false);
  });

  test('does not take the call from the phone that a rescue has just made', () => {
    expect(mayStart(phone('none', 'connecting'), 'restarting')).toBe(false);
    expect(mayStart(phone('none', 'registered'), 'restarting')).toBe(false);
    expect(mayStart(phone('ringing', 'registered'), 'none')).toBe(false);
    expect(mayStart(phone('talking', 'registered'), 'none')).toBe(false);
  });

  test('does not end a conversation because a registration was refused', () => {
    expect(mayStart(phone('talking', 'refused'), 'none')).toBe(false);
    expect(mayStart(phone('talking', 'registered', 'refused'), 'none')).toBe(false);
  });

  test('leaves a broken line to the rescue while that looks for the network', () => {
    expect(mayStart(phone('none', 'refused'), 'probing')).toBe(false);
    expect(mayStart(phone('none', 'refused'), 'network_away')).toBe(false);
  });

  test('starts when the phone of the rescue itself was refused', () => {
    expect(mayStart(phone('none', 'refused'), 'restarting')).toBe(true);
  });
});

test('a phone that is refused again and again asks for credentials ever more seldom', () => {
  expect([0, 1, 2, 3, 4, 9].map(freshCredentialsAfter)).toEqual([1500, 3000, 6000, 12_000, 24_000, 24_000]);
});
