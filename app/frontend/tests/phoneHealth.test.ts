import { describe, expect, test } from 'vitest';

import { mayMove } from '../src/shared/phone/phone';
import { judge, neverConnects, nextHealth, soundArrives, type Health, type SoundReading } from '../src/islands/agent_desk/phoneHealth';

const reading = (at: number, packetsIn: number, more: Partial<SoundReading> = {}): SoundReading =>
  ({ at, packetsIn, packetsOut: 0, pathAnswers: 0, energy: 0, ice: 'connected', ...more });
const heardAt = (at: number, more: Partial<SoundReading> = {}): Health =>
  ({ reading: reading(at, 100, more), lastInboundAt: at, lastPathAnswerAt: at });

describe('sound', () => {
  test('arrives while packets come', () => {
    let health = nextHealth(null, reading(0, 10));
    health = nextHealth(health, reading(500, 35));

    expect(health.lastInboundAt).toBe(500);
    expect(soundArrives(health, 1900)).toBe(true);
  });

  test('is lost a second and a half after the last packet', () => {
    let health = nextHealth(null, reading(0, 10));
    for (const at of [500, 1000, 1500, 2000]) health = nextHealth(health, reading(at, 10));

    expect(soundArrives(health, 1400)).toBe(true);
    expect(soundArrives(health, 1501)).toBe(false);
  });

  test('has not arrived before the first packet', () => {
    expect(soundArrives(null, 0)).toBe(false);
    expect(soundArrives(nextHealth(null, reading(0, 0)), 10)).toBe(false);
  });
});

describe('a line without sound', () => {
  test('waits for the network', () => {
    expect(judge({ health: heardAt(0), networkBackAt: null, now: 30_000 })).toBe('wait');
  });

  test('is given half a second to heal by itself', () => {
    expect(judge({ health: heardAt(0), networkBackAt: 5000, now: 5400 })).toBe('wait');
    expect(judge({ health: heardAt(5300), networkBackAt: 5000, now: 5400 })).toBe('healed');
  });

  test.each(['failed', 'disconnected', 'closed'] as const)('with a %s path gets a new phone at once', (ice) => {
    expect(judge({ health: heardAt(0, { ice }), networkBackAt: 5000, now: 5001 })).toBe('restart');
  });

  test('whose path answers has a silent caller, and keeps its phone', () => {
    const health = { ...heardAt(0), lastPathAnswerAt: 5600 };

    expect(judge({ health, networkBackAt: 5000, now: 5700 })).toBe('far_side_silent');
  });

  test('whose path answers nothing for three seconds gets a new phone', () => {
    expect(judge({ health: heardAt(0), networkBackAt: 5000, now: 7900 })).toBe('wait');
    expect(judge({ health: heardAt(0), networkBackAt: 5000, now: 8001 })).toBe('restart');
  });

  test('that was never there at all gets a new phone', () => {
    expect(judge({ health: null, networkBackAt: 5000, now: 5001 })).toBe('restart');
  });
});

describe('an answered call without a path for its sound', () => {
  const checking = nextHealth(null, reading(0, 0, { ice: 'checking' }));

  test('gets a new phone after a second, then with ever more patience', () => {
    expect(neverConnects(checking, 900, 0)).toBe(false);
    expect(neverConnects(checking, 1100, 0)).toBe(true);
    expect(neverConnects(checking, 1100, 1)).toBe(false);
    expect(neverConnects(checking, 2100, 1)).toBe(true);
  });

  test('is none once the path stands or sound was there', () => {
    expect(neverConnects(nextHealth(null, reading(0, 0)), 9000, 0)).toBe(false);
    expect(neverConnects(heardAt(0, { ice: 'checking' }), 9000, 0)).toBe(false);
    expect(neverConnects(null, 9000, 0)).toBe(false);
  });
});

test('a conversation cannot jump from silence to talking', () => {
  expect(mayMove('none', 'talking')).toBe(false);
  expect(mayMove('ringing', 'answering')).toBe(true);
  expect(mayMove('talking', 'ringing')).toBe(false);
});
