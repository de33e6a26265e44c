import { expect, test } from 'vitest';

import { makeDesk } from '../src/dev/samples';
import { beyond, isNeeded, lackingGroups, titleFrom, triggersIn } from '../src/islands/agent_desk/formRules';

const { results } = makeDesk().form_rules;
const groups = (result: string) => results[result] ?? [];

test('an answer is an article or the words, and one of them is enough', () => {
  const nothing = { category_code: '0501', article_id: null, note: '  ' };
  expect(lackingGroups(groups('answered'), nothing)).toEqual([['article_id', 'note']]);
  expect(lackingGroups(groups('answered'), { ...nothing, article_id: 3 })).toEqual([]);
  expect(lackingGroups(groups('answered'), { ...nothing, note: '已告知' })).toEqual([]);
  expect(isNeeded(groups('answered'), 'note')).toBe(false);
});

test('a call without a demand carries nothing', () => {
  expect(lackingGroups(groups('no_demand'), {})).toEqual([]);
});

test.each([
  ['x'.repeat(50), 50, 0],
  ['x'.repeat(51), 50, 1],
  [`  ${'字'.repeat(50)}  `, 50, 0],
  ['😀'.repeat(50), 50, 0],
  ['😀'.repeat(51), 50, 1],
  ['字'.repeat(100_000), 5000, 95_000],
])('a text is counted as the server counts it', (text, limit, over) => {
  expect(beyond(text, limit)).toBe(over);
});

test('the word that triggers is named, in the order of the rules', () => {
  const words = ['扬言', '安全隐患', '漏电'];
  expect(triggersIn(['路灯漏电', '他扬言要报复'], words)).toEqual(['扬言', '漏电']);
  expect(triggersIn(['路灯不亮'], words)).toEqual([]);
  // A word does not begin in one field and end in the next.
  expect(triggersIn(['漏', '电'], words)).toEqual([]);
});

test.each([
  ['沿江路三盏路灯坏了。已经一周', '沿江路三盏路灯坏了'],
  ['\n  楼下夜里施工！吵', '楼下夜里施工'],
  ['', ''],
  ['一'.repeat(80), '一'.repeat(50)],
])('a title is the first sentence', (content, title) => {
  expect(titleFrom(content, 50)).toBe(title);
});
