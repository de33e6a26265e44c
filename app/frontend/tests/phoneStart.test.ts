import { describe, expect, test } from 'vitest';

import { mayStart } from '../src/islands/agent_desk/phoneStart';

describe('a phone with fresh credentials', () => {
  test('starts where there is none, or one that was refused or lost', () => {
    for (const line of ['off', 'refused', 'lost'] as const) {
      expect(mayStart({ line, session: 'none' }, 'none')).toBe(true);
    }
  });

  test('does not take the call from the phone that a rescue has just made', () => {
    expect(mayStart({ line: 'connecting', session: 'none' }, 'restarting')).toBe(false);
    expect(mayStart({ line: 'registered', session: 'none' }, 'restarting')).toBe(false);
    expect(mayStart({ line: 'registered', session: 'ringing' }, 'none')).toBe(false);
    expect(mayStart({ line: 'registered', session: 'talking' }, 'none')).toBe(false);
  });

  test('does not end a conversation because its registration was refused', () => {
    expect(mayStart({ line: 'refused', session: 'talking' }, 'none')).toBe(false);
  });

  test('leaves a broken line to the rescue while that looks for the network', () => {
    expect(mayStart({ line: 'refused', session: 'none' }, 'probing')).toBe(false);
    expect(mayStart({ line: 'refused', session: 'none' }, 'network_away')).toBe(false);
  });

  test('starts when the phone of the rescue itself was refused', () => {
    expect(mayStart({ line: 'refused', session: 'none' }, 'restarting')).toBe(true);
  });
});
