// Words for codes that the server may extend: an unknown one is shown as it came, never as a key.

import { languageOfPage } from '../../shared/language';
import { dayAndTime } from '../../shared/time';
import type { DirectoryRow } from './directorySearch';

type Translate = (key: string) => string;
type Knows = (key: string) => boolean;

function wordOf(group: string) {
  return (t: Translate, te: Knows, code: string): string => {
    const key = `${group}.${code}`;
    return te(key) ? t(key) : code;
  };
}

interface Names {
  name_zh: string;
  name_en: string;
}

let reasonNames: Record<string, Names> = {};

/** Remember how the city itself calls its reasons: a snapshot brings them. */
export function learnReasons(names: Record<string, Names>): void {
  reasonNames = names;
}

const knownReason = wordOf('reason');

/** Why somebody is not ready: in the city's own words, else in ours. */
export function reasonWord(t: Translate, te: Knows, code: string): string {
  const names = reasonNames[code];
  if (!names) return knownReason(t, te, code);
  return languageOfPage() === 'en' ? names.name_en : names.name_zh;
}
/** Where a ticket stands. */
export const ticketStateWord = wordOf('ticket_state');
/** What somebody speaks. */
export const languageWord = wordOf('spoken');
/** What came of an earlier call. */
export const outcomeWord = wordOf('outcome_word');
/** What the check of a recording found. */
export const recordingWord = wordOf('recording.state');

/** Whether somebody answers there now. */
export function rowStateWord(t: (key: string, values?: Record<string, string>) => string, row: DirectoryRow): string {
  if (row.kind === 'number') return t('directory.typed');
  if (row.kind === 'colleague') return t(`state.${row.state ?? 'ready'}`);
  if (row.isOpen === null) return t('directory.hours_unknown');
  if (!row.changesAt) return t(row.isOpen ? 'directory.open_always' : 'directory.closed');
  return t(row.isOpen ? 'directory.open_until' : 'directory.closed_until', { at: dayAndTime(row.changesAt) });
}
