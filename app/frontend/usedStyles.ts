// Leaves out what Tabler has for pages that are not ours: two thirds of its style sheet.
import { globSync, readFileSync } from 'node:fs';

import type { Plugin } from 'postcss';

/** What our pages name: whole words, and beginnings such as `bg-` to which a page adds the rest. */
export interface Named {
  words: ReadonlySet<string>;
  beginnings: readonly string[];
}

// Python only chooses among tones, whose beginnings (`alert-`) stand in the templates.
const SOURCES = ['../templates/**/*.html', 'src/**/*.{vue,ts}'];

export function namedIn(texts: readonly string[]): Named {
  const words = new Set(texts.flatMap((text) => text.match(/[\w-]+/g) ?? []));
  const beginnings = [...words].filter((word) => /^[a-z][\w-]*-$/.test(word));
  return { words, beginnings };
}

/** A selector may match something of ours only if we name every class in it. */
export function mayMatch(selector: string, named: Named): boolean {
  const isNegated = /:not\([^)]*\)/g;
  const classes = selector.replace(isNegated, '').match(/\.[A-Za-z_][\w-]*/g) ?? [];
  return classes
    .map((each) => each.slice(1))
    .every((name) => named.words.has(name) || named.beginnings.some((begin) => name.startsWith(begin)));
}

/** The step of the build; it looks at Tabler's sheet only. */
export function usedStyles(): Plugin {
  const texts = SOURCES.flatMap((pattern) => globSync(pattern)).map((path) => readFileSync(path, 'utf8'));
  const named = namedIn(texts);
  return {
    postcssPlugin: 'used-styles',
    Once(sheet) {
      if (!sheet.source?.input.file?.includes('tabler')) return;
      sheet.walkRules((rule) => {
        const around = rule.parent;
        if (around?.type === 'atrule' && 'name' in around && String(around.name).endsWith('keyframes')) return;
        const kept = rule.selectors.filter((each) => mayMatch(each, named));
        if (kept.length === 0) rule.remove();
        else if (kept.length < rule.selectors.length) rule.selectors = kept;
      });
    },
  };
}
