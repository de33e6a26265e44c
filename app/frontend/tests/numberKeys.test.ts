import { afterEach, beforeEach, expect, test } from 'vitest';

import { followNumberKeys } from '../src/shared/numberKeys';

let stop: () => void;

beforeEach(() => {
  const marks = (name: string) => [5, 4, 3, 2, 1].map((mark) => `<input type="radio" name="${name}" value="${mark}">`).join('');
  document.body.innerHTML = `<form><div data-number-keys>
    <fieldset><input type="radio" name="solved" value="yes"><input type="radio" name="solved" value="no"></fieldset>
    <fieldset>${marks('result')}</fieldset><fieldset>${marks('attitude')}</fieldset>
    <textarea name="words"></textarea></div></form>`;
  stop = followNumberKeys();
});

afterEach(() => stop());

/** With Alt, as it works from anywhere on the page. */
function press(key: string, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, code: `Digit${key}`, altKey: true, bubbles: true, cancelable: true, ...more });
  return !(document.activeElement ?? document.body).dispatchEvent(event);
}

const said = () => Object.fromEntries(new FormData(document.querySelector('form')!));

test('three digits answer the three questions, one after the other', () => {
  expect(press('1') && press('4') && press('5')).toBe(true);
  expect(said()).toEqual({ solved: 'yes', result: '4', attitude: '5', words: '' });
});

test('a stray digit answers nothing; who stands in the questions needs no Alt', () => {
  expect(press('1', { altKey: false })).toBe(false);
  expect(said()).toEqual({ words: '' });

  document.querySelector<HTMLInputElement>('[name="solved"]')!.focus();
  expect(press('1', { altKey: false }) && press('4', { altKey: false })).toBe(true);
  expect(said()).toEqual({ solved: 'yes', result: '4', words: '' });
});

test('the second answer of the first question is no', () => {
  press('2');
  expect(said()).toEqual({ solved: 'no', words: '' });
});

test('a digit that no answer has changes nothing and is left to the browser', () => {
  expect(press('3')).toBe(false);
  expect(press('9')).toBe(false);
  expect(said()).toEqual({ words: '' });
});

test('who stands in an answered question, with all answered, answers that one anew', () => {
  for (const key of ['1', '4', '5']) press(key);
  document.querySelector<HTMLInputElement>('[name="result"]:checked')!.focus();
  press('2');
  expect(said()).toMatchObject({ result: '2', attitude: '5' });
});

test('digits that are typed into words, composed or held with another key stay what they are', () => {
  document.querySelector('textarea')!.focus();
  expect(press('1')).toBe(false);
  document.querySelector('textarea')!.blur();
  expect(press('1', { ctrlKey: true })).toBe(false);
  expect(press('1', { isComposing: true })).toBe(false);
  expect(said()).toEqual({ words: '' });
});
