// Finds a category by what an agent types: a word, a keyword, pinyin in full or by initials, or the code.
import type { Category } from './deskTypes';

export interface FoundCategory {
  category: Category;
  /** The path from the top, e.g. 市场监管 › 预付卡. */
  path: string;
}

const MOST = 12;

/** The path of one category; unknown parents are left out. */
export function categoryPath(categories: readonly Category[], code: string): string {
  const byCode = new Map(categories.map((one) => [one.code, one]));
  const names: string[] = [];
  for (let one = byCode.get(code); one && names.length < 6; one = byCode.get(one.parent_code ?? '')) {
    names.unshift(one.name);
  }
  return names.join(' › ');
}

/** The best matches first: how well the text fits, then the finer category, then the code. */
export function searchCategories(categories: readonly Category[], typed: string): FoundCategory[] {
  const text = typed.trim().toLowerCase();
  const parents = new Set(categories.map((one) => one.parent_code));
  return categories
    .map((category) => ({ category, weight: text === '' ? 1 : weigh(category, text) }))
    .filter(({ weight }) => weight > 0)
    .sort(
      (a, b) =>
        b.weight - a.weight ||
        Number(parents.has(a.category.code)) - Number(parents.has(b.category.code)) ||
        a.category.code.localeCompare(b.category.code),
    )
    .slice(0, MOST)
    .map(({ category }) => ({ category, path: categoryPath(categories, category.code) }));
}

function weigh(category: Category, text: string): number {
  const name = category.name.toLowerCase();
  const initials = category.initials.toLowerCase();
  const syllables = category.pinyin.split(' ').filter(Boolean);
  if (category.code === text || name === text || initials === text || syllables.join('') === text) return 5;
  if (category.code.startsWith(text) || name.startsWith(text) || spells(syllables, text) || initials.startsWith(text)) return 4;
  if (name.includes(text)) return 3;
  if (category.keywords.some((word) => word.toLowerCase().includes(text))) return 2;
  return initials.includes(text) || syllables.some((_, at) => at > 0 && spells(syllables.slice(at), text)) ? 1 : 0;
}

/**
 * Whether the text spells the syllables from the first on, each by its whole or by its beginning.
 *
 * `yufuka`, `yfk`, `yufk` and `yufu` all spell 预付卡; blanks and apostrophes between them are none of the text.
 */
export function spells(syllables: readonly string[], typed: string): boolean {
  const text = typed.replace(/[\s']/g, '');
  if (text === '') return true;
  const [first, ...rest] = syllables;
  if (first === undefined) return false;
  for (let length = Math.min(first.length, text.length); length > 0; length -= 1) {
    if (first.startsWith(text.slice(0, length)) && spells(rest, text.slice(length))) return true;
  }
  return false;
}
