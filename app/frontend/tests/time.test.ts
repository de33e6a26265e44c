import { expect, test } from 'vitest';

import { clockTime, date, dayAndTime, spell } from '../src/shared/time';

test.each([[0, '0:00'], [134_900, '2:14'], [3_734_000, '1:02:14'], [-50, '0:00']])('%i ms are %s', (length, said) => {
  expect(spell(length)).toBe(said);
});

test('moments are read on the clock of Shanghai', () => {
  expect(clockTime('2026-11-23T02:41:07Z')).toBe('10:41:07');
  expect(dayAndTime('2026-11-22T16:05:00Z')).toBe('11/23 00:05');
  expect(date('2026-12-31')).toBe('2026-12-31');
  expect(date('2026-12-31T16:00:00Z')).toBe('2027-01-01');
});
