import { describe, expect, test } from 'vitest';

import { lineAt, linesOut, onRing, overall, withLine, type LinePicture } from '../src/shared/phone/phoneLines';

const both = (first: LinePicture['state'], second: LinePicture['state']) =>
  withLine(withLine([], 'hy1', first), 'hy2', second);

describe('the phone in one word', () => {
  test('is its best line, because one is enough to be rung', () => {
    expect(overall([], null)).toBe('off');
    expect(overall(both('lost', 'registered'), null)).toBe('registered');
    expect(overall(both('refused', 'connecting'), null)).toBe('connecting');
    expect(overall(both('lost', 'refused'), null)).toBe('refused');
  });

  test('is the line in use while there is a conversation', () => {
    expect(overall(both('registered', 'lost'), 'hy2')).toBe('lost');
    expect(overall(both('registered', 'lost'), 'gone')).toBe('registered');
  });

  test('is the line of the call where that matters', () => {
    const phone = { line: 'registered' as const, lines: both('registered', 'connecting') };
    expect(lineAt(phone, 'hy2')).toBe('connecting');
    expect(lineAt(phone, undefined)).toBe('registered');
  });
});

describe('a line that is out', () => {
  test('is told while another works, also while it tries again, until it is registered', () => {
    let lines = both('registered', 'lost');
    expect(linesOut(lines)).toEqual(['hy2']);
    lines = withLine(lines, 'hy2', 'connecting');
    expect(linesOut(lines)).toEqual(['hy2']);
    lines = withLine(lines, 'hy2', 'registered');
    expect(linesOut(lines)).toEqual([]);
  });

  test('is no news while the phone is just starting, or out altogether', () => {
    expect(linesOut(both('registered', 'connecting'))).toEqual([]);
    expect(linesOut(both('lost', 'lost'))).toEqual([]);
  });
});

describe('a ring', () => {
  test('is taken by a phone without a conversation, from whichever exchange', () => {
    for (const resumes of [true, false]) {
      expect(onRing({ session: 'none', at: null }, { from: 'hy2', resumes })).toBe('take');
    }
  });

  test('finds the phone busy in any conversation', () => {
    for (const session of ['ringing', 'answering', 'talking'] as const) {
      expect(onRing({ session, at: 'hy1' }, { from: 'hy2', resumes: false })).toBe('busy');
      expect(onRing({ session, at: 'hy1' }, { from: 'hy1', resumes: false })).toBe('busy');
    }
  });

  test('takes the place of the dead leg only when the exchange of the talk itself rings again', () => {
    expect(onRing({ session: 'talking', at: 'hy1' }, { from: 'hy1', resumes: true })).toBe('replace');
    expect(onRing({ session: 'talking', at: 'hy1' }, { from: 'hy2', resumes: true })).toBe('busy');
  });
});
