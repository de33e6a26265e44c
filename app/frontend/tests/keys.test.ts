import { expect, test, vi } from 'vitest';

import { actOf, type Acts } from '../src/islands/agent_desk/useKeys';

function makeActs(): Acts {
  return {
    record: vi.fn(), ticket: vi.fn(), search: vi.fn(), submit: vi.fn(), insert: vi.fn(), answered: vi.fn(),
    answer: vi.fn(), hangUp: vi.fn(), mute: vi.fn(), next: vi.fn(), wrapUpCode: vi.fn(() => false), help: vi.fn(),
  };
}
const key = (code: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { code, key: code, ...more });
const chord = { ctrlKey: true, shiftKey: true };

test('the chords of the phone', () => {
  const acts = makeActs();

  actOf(key('KeyA', chord), acts, true)?.();
  actOf(key('Digit1', { ...chord, key: '!' }), acts, true)?.();
  actOf(key('KeyM', chord), acts, true)?.();

  expect(acts.answer).toHaveBeenCalledOnce();
  expect(acts.hangUp).toHaveBeenCalledOnce();
  expect(acts.mute).toHaveBeenCalledOnce();
});

test('in wrap-up the same chord is a code and ends no call', () => {
  const acts = { ...makeActs(), wrapUpCode: vi.fn(() => true) };

  actOf(key('Digit1', chord), acts, true)?.();

  expect(acts.wrapUpCode).toHaveBeenCalledWith(1);
  expect(acts.hangUp).not.toHaveBeenCalled();
});

test('nothing happens while an input method composes', () => {
  const acts = makeActs();

  expect(actOf(key('KeyA', { ...chord, isComposing: true }), acts, true)).toBeNull();
  expect(actOf(key('Digit1', { altKey: true, key: 'Process' }), acts, true)).toBeNull();
});

test('plain keys mean nothing while somebody types', () => {
  const acts = makeActs();

  expect(actOf(key('Digit3', { key: '3' }), acts, true)).toBeNull();
  expect(actOf(key('Slash', { key: '?', shiftKey: true }), acts, true)).toBeNull();
  expect(actOf(key('Space', { key: ' ' }), acts, false)).toBeNull();
});

test('forms, search and suggestions', () => {
  const acts = makeActs();

  actOf(key('F2'), acts, true)?.();
  actOf(key('F3'), acts, true)?.();
  actOf(key('KeyK', { ctrlKey: true }), acts, true)?.();
  actOf(key('Digit2', { altKey: true }), acts, true)?.();
  actOf(key('Enter', { altKey: true }), acts, true)?.();

  expect(acts.record).toHaveBeenCalledOnce();
  expect(acts.ticket).toHaveBeenCalledOnce();
  expect(acts.search).toHaveBeenCalledOnce();
  expect(acts.insert).toHaveBeenCalledWith(1);
  expect(acts.answered).toHaveBeenCalledOnce();
});
