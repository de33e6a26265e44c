// The desk's words for codes of the server.
import { wordOf } from '../../shared/codeWords';
import { dayAndTime } from '../../shared/time';
import type { DirectoryRow } from './directorySearch';

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
