import { expect, test } from 'vitest';

import { directory } from '../src/dev/samples';
import { cleanNumber, looksLikeNumber } from '../src/islands/agent_desk/cleanNumber';
import { findRows, rowsOf } from '../src/islands/agent_desk/directorySearch';
import { initialsOf } from '../src/islands/agent_desk/pinyinInitials';

test.each([
  ['13912345678', '13912345678'],
  ['139 1234 5678', '13912345678'],
  ['139-1234-5678', '13912345678'],
  ['１３９１２３４５６７８', '13912345678'],
  ['电话：139\u00a01234\u20115678。', '13912345678'],
  ['\u202a0762-3381234\u202c', '07623381234'],
  ['(0762) 338 1234', '07623381234'],
  ['+86 139 1234 5678', '+8613912345678'],
  ['tel:+86-139-1234-5678', '+8613912345678'],
  ['95598', '95598'],
  ['张女士', ''],
  ['12', ''],
  ['', ''],
])('%j is cleaned to %j', (pasted, clean) => {
  expect(cleanNumber(pasted)).toBe(clean);
});

test.each([['138 0000', true], ['95598', true], ['陈 138', false], ['yfk', false], ['', false]])('%j means a number: %s', (text, means) => {
  expect(looksLikeNumber(text)).toBe(means);
});

test.each([['陈小明', 'cxm'], ['李雅琴', 'lyq'], ['住房公积金分中心', 'zfgjjfzx'], ['公安 110', 'ga110'], ['安', 'a'], ['昂扬', 'ay'], ['Li Wei', 'liwei']])(
  '%s is found by %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  },
);

const rows = rowsOf(directory);
const names = (text: string) => findRows(rows, text).map((one) => one.name || one.number);

test('whoever can be rung stands first in his group', () => {
  expect(names('')).toEqual(['李雅琴', '黄志远', '曾国强', '公安 110', '消防 119', '急救 120', '交通事故 122', '供电服务 95598', '住房公积金分中心', '城市管理值班室']);
});

test.each([
  ['李', ['李雅琴']], ['lyq', ['李雅琴']], ['LYQ', ['李雅琴']], ['1002', ['黄志远', '1002'].slice(0, 1)], ['gjj', ['住房公积金分中心']],
  ['110', ['公安 110']], ['95598', ['供电服务 95598']], ['没有的', []],
])('%s finds %j', (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test('a number in no row can be dialled all the same, and stands last', () => {
  const found = findRows(rows, '139 0000 2817');

  expect(found.at(-1)).toMatchObject({ kind: 'number', number: '13900002817', goal: { kind: 'number', to: '13900002817' } });
});
