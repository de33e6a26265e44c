// Who of several behind a number calls: the name in the form follows the choice, and never what was typed.
import { beforeEach, expect, test } from 'vitest';

import { eachTestHasADesk, found, openInACall, page, pass } from './deskPage';

eachTestHasADesk();
beforeEach(openInACall);
const nameIn = (form: 'record' | 'ticket') => (page.find(`#${form}-caller-name`).element as HTMLInputElement).value;
async function choose(id: string): Promise<void> {
  await found('caller-who').setValue(id);
  await pass(100);
}

test('another choice of person replaces the name of the first one in both forms', async () => {
  await choose('1');
  expect(nameIn('record')).toBe('张女士');

  await choose('2');

  expect(nameIn('record')).toBe('李先生');
  expect(nameIn('ticket')).toBe('李先生');
});

test('taking the choice back takes its name out of the form', async () => {
  await choose('1');

  await choose('');

  expect(nameIn('record')).toBe('');
});

test('a name that the agent typed stays whoever is chosen', async () => {
  await choose('1');
  await page.find('#record-caller-name').setValue('张丽华');

  await choose('2');

  expect(nameIn('record')).toBe('张丽华');
  expect(nameIn('ticket')).toBe('李先生');
});
