import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import en from '../src/locales/en.json';
import zh from '../src/locales/zh-CN.json';
import { textsIn } from './texts';

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(path + key, value);
    else for (const [inner, text] of flat(value, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
const chinese = flat(zh);
const english = flat(en);

test('both languages have the same keys', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
});

test('both languages fill in the same values', () => {
  for (const [key, text] of chinese) {
    expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  }
});

test('no text is empty, and none uses marks that mean something to the compiler', () => {
  for (const text of [...chinese.values(), ...english.values()]) {
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(/[|@]/);
  }
});

test('every key asked for by name is there', () => {
  const folder = join(import.meta.dirname, '../src/islands/agent_desk');
  const asked = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map((one) => one[1] ?? ''),
  );

  expect(asked.length).toBeGreaterThan(80);
  expect(asked.filter((key) => !chinese.has(key))).toEqual([]);
});

test('marks of Chinese writing stand in Chinese texts only, and in no component', () => {
  const marks = /[，。：；（）、！？]/;
  const sources = join(import.meta.dirname, '../src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    // The draft puts together what two pages wrote, as people here write.
    .filter((file) => /\.(vue|ts)$/.test(file) && !file.startsWith('dev') && !file.endsWith('/draft.ts'));
  const inCode = files.filter((file) => marks.test(readFileSync(join(sources, file), 'utf8')));

  expect(files.length).toBeGreaterThan(80);
  expect(inCode).toEqual([]);
  expect([...english].filter(([, text]) => marks.test(text))).toEqual([]);
});

test('texts compile without making code', () => {
  const forbidden = globalThis.Function;
  globalThis.Function = (() => {
    throw new Error('the content security policy forbids this');
  }) as unknown as FunctionConstructor;
  try {
    const { t } = textsIn('en').global;
    expect(t('ring.title', { line: 'Water' })).toBe('Call for Water');
  } finally {
    globalThis.Function = forbidden;
  }
});
