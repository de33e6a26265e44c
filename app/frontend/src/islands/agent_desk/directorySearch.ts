// Whom a caller can be handed to, found by name, pinyin initials, work number or number. Pure.
import { cleanNumber, looksLikeNumber } from './cleanNumber';
import type { Directory } from './deskTypes';
import { initialsOf } from './pinyinInitials';

export type RowKind = 'colleague' | 'emergency' | 'utility' | 'hotline' | 'unit' | 'number';

export interface DirectoryRow {
  key: string;
  kind: RowKind;
  /** What the server is asked with. */
  goal: { kind: 'colleague' | 'entry' | 'number'; to: string };
  name: string;
  number: string;
  initials: string;
  /** Somebody answers there now; null: not known. */
  isOpen: boolean | null;
  changesAt: string | null;
  /** A colleague's state. */
  state: string | null;
  handsOver: string | null;
  isSample: boolean;
}

const groups: RowKind[] = ['colleague', 'emergency', 'utility', 'hotline', 'unit'];

/** Every row of the directory: who can be rung first in each group. */
export function rowsOf({ colleagues, entries }: Directory): DirectoryRow[] {
  const people = colleagues.map((one): DirectoryRow => ({
    key: `c:${one.work_number}`, kind: 'colleague', goal: { kind: 'colleague', to: one.work_number }, name: one.name,
    number: one.work_number, initials: initialsOf(one.name), isOpen: one.can_be_rung, changesAt: null, state: one.state,
    handsOver: null, isSample: false,
  }));
  const places = entries.map((one): DirectoryRow => ({
    key: `e:${one.code}`, kind: one.kind, goal: { kind: 'entry', to: one.code }, name: one.name, number: one.number_shown,
    initials: initialsOf(one.name), isOpen: one.is_open, changesAt: one.changes_at, state: null, handsOver: one.hands_over,
    isSample: one.is_sample,
  }));
  const rank = (row: DirectoryRow) => groups.indexOf(row.kind) * 2 + (row.isOpen === false ? 1 : 0);
  return [...people, ...places].map((row, at) => ({ row, at })).sort((a, b) => rank(a.row) - rank(b.row) || a.at - b.at).map(({ row }) => row);
}

/** The rows that a typed text means; a number that stands in no row is a row of its own, the last. */
export function findRows(rows: readonly DirectoryRow[], text: string): DirectoryRow[] {
  const asked = text.normalize('NFKC').trim().toLowerCase();
  if (!asked) return [...rows];
  const found = rows.filter((row) =>
    row.name.toLowerCase().includes(asked) || row.initials.includes(asked.replace(/\s/g, '')) || row.number.includes(asked));
  if (!looksLikeNumber(text)) return found;
  const number = cleanNumber(text);
  if (found.some((row) => row.number === number)) return found;
  return [...found, {
    key: `n:${number}`, kind: 'number', goal: { kind: 'number', to: number }, name: '', number, initials: '', isOpen: null,
    changesAt: null, state: null, handsOver: null, isSample: false,
  }];
}
