import { expect, test, vi } from 'vitest';

import { acts as allActs, defaultKeys, keysOf, troubleWith, type Act } from '../src/islands/agent_desk/keymap';
import { actOf, type Acts } from '../src/islands/agent_desk/useKeys';

const makeActs = (): Acts => ({ act: vi.fn(), insert: vi.fn(), wrapUpCode: vi.fn(() => false), help: vi.fn() });
const key = (code: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { code, key: code, ...more });
const chord = { ctrlKey: true, shiftKey: true };
const city = keysOf({});

/** The event of a key as it is kept. */
function pressOf(kept: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const parts = kept.split('+');
  return key(parts.at(-1) ?? '', { ctrlKey: parts.includes('Ctrl'), shiftKey: parts.includes('Shift'), altKey: parts.includes('Alt'), ...more });
}

test.each(allActs)('%s has a key of its own, and it works while somebody types', (act) => {
  const acts = makeActs();

  actOf(pressOf(city[act]), acts, city, true)?.();

  expect(acts.act).toHaveBeenCalledExactlyOnceWith(act);
  expect(troubleWith(city[act], act, city)).toBeNull();
});

test.each(allActs)('%s does nothing while an input method composes, by any of the three signs', (act) => {
  for (const sign of [{ isComposing: true }, { key: 'Process' }, { keyCode: 229 }]) {
    const event = pressOf(city[act], sign as KeyboardEventInit);
    if ('keyCode' in sign) Object.defineProperty(event, 'keyCode', { value: 229 });
    expect(actOf(event, makeActs(), city, true)).toBeNull();
  }
});

test('in wrap-up the chord of a digit is a code and ends no call', () => {
  const acts = { ...makeActs(), wrapUpCode: vi.fn(() => true) };

  actOf(key('Digit1', chord), acts, city, true)?.();

  expect(acts.wrapUpCode).toHaveBeenCalledWith(1);
  expect(acts.act).not.toHaveBeenCalled();
});

test('plain keys mean nothing while somebody types', () => {
  const acts = makeActs();

  expect(actOf(key('Digit3', { key: '3' }), acts, city, true)).toBeNull();
  expect(actOf(key('Slash', { key: '?', shiftKey: true }), acts, city, true)).toBeNull();
  expect(actOf(key('Space', { key: ' ' }), acts, city, false)).toBeNull();
});

test('suggestions by their numbers', () => {
  const acts = makeActs();

  actOf(key('Digit2', { altKey: true }), acts, city, true)?.();

  expect(acts.insert).toHaveBeenCalledWith(1);
});

test('a key of one’s own works instead of the city’s', () => {
  const own = keysOf({ hold: 'Ctrl+Alt+KeyH' });
  const acts = makeActs();

  actOf(pressOf('Ctrl+Alt+KeyH'), acts, own, true)?.();

  expect(acts.act).toHaveBeenCalledExactlyOnceWith('hold');
  expect(actOf(pressOf(defaultKeys.hold), makeActs(), own, true)).toBeNull();
});

test('who takes another act’s key leaves that act without one, never two on one key', () => {
  const keys = keysOf({ hold: defaultKeys.mute });

  expect(keys.hold).toBe(defaultKeys.mute);
  expect(keys.mute).toBe('');
});

test.each<[string, Act, string | null]>([
  ['Ctrl+Alt+KeyJ', 'hold', null],
  ['F4', 'hold', null],
  ['KeyH', 'hold', 'shape'],
  ['Shift+KeyH', 'hold', 'shape'],
  ['Ctrl+KeyT', 'hold', 'reserved'],
  ['Ctrl+Shift+KeyT', 'hold', 'reserved'],
  ['Ctrl+Shift+KeyN', 'hold', 'reserved'],
  ['Ctrl+Shift+KeyR', 'hold', 'reserved'],
  ['Alt+Digit2', 'hold', 'reserved'],
  ['F5', 'hold', 'reserved'],
  ['Ctrl+Shift+KeyM', 'hold', 'taken'],
  ['Ctrl+Shift+KeyH', 'hold', null],
])('%s for %s: %s', (asked, act, why) => {
  expect(troubleWith(asked, act, city)?.why ?? null).toBe(why);
});
