import { expect, test } from 'vitest';

import { makeDesk } from '../src/dev/samples';
import { categoryPath, searchCategories, spells } from '../src/islands/agent_desk/categorySearch';

const { categories } = makeDesk();
const first = (typed: string) => searchCategories(categories, typed)[0]?.category.code;

test.each([
  ['yfk', '0501'],
  ['预付', '0501'],
  ['健身', '0501'],
  ['0702', '0702'],
  ['停水', '0701'],
  ['TD', '0702'],
  ['yufuka', '0501'],
  ['yu fu ka', '0501'],
  ['yufk', '0501'],
  ['yfuk', '0501'],
  ['tingdian', '0702'],
  ['dian', '0702'],
])('%s finds %s', (typed, code) => {
  expect(first(typed)).toBe(code);
});

test('what fits nothing finds nothing', () => {
  expect(searchCategories(categories, '飞机场')).toEqual([]);
});

test('an empty search offers the fine categories first', () => {
  expect(searchCategories(categories, '')[0]?.path).toBe('市场监管 › 预付卡');
});

test('a path leads from the top down', () => {
  expect(categoryPath(categories, '0701')).toBe('供水供电 › 停水');
});

test.each([
  ['yufuka', true],
  ['yfk', true],
  ["y'f'k", true],
  ['yuf', true],
  ['ufk', false],
  ['yfkx', false],
])('%s spells yu fu ka: %s', (typed, does) => {
  expect(spells(['yu', 'fu', 'ka'], typed)).toBe(does);
});
