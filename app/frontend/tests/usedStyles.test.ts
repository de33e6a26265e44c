import { expect, test } from 'vitest';

import { mayMatch, namedIn } from '../usedStyles.ts';

const named = namedIn([
  '<b class="badge bg-{{ tone }}-lt d-flex">',
  "const shown = isOpen ? 'show' : `btn-${tone}`; // 12-",
]);

test.each(['.badge', '.badge.show > a', '.bg-red-lt', '.btn-primary:hover', 'table td', ':root', '[data-bs-theme=dark] .badge'])(
  'a style of what our pages name stays: %s',
  (selector) => {
    expect(mayMatch(selector, named)).toBe(true);
  },
);

test.each(['.carousel', '.badge .ribbon', '.btn', '.d-none', '.bgs'])('a style of what no page names goes: %s', (selector) => {
  expect(mayMatch(selector, named)).toBe(false);
});

test('what a selector excludes need not be named', () => {
  expect(mayMatch('.badge:not(.ribbon)', named)).toBe(true);
});
