// The phone's lines, one to each exchange that offers phones: how each stands, and all together. Pure.
import type { SessionState } from './phone';

/** How the phone stands with one exchange, or with all of them. */
export type LineState = 'off' | 'connecting' | 'registered' | 'lost' | 'refused';

export interface LinePicture {
  exchange_id: string;
  state: LineState;
  /** Was lost or refused, and has not been registered since: while it tries again it is still out. */
  is_out: boolean;
}

const BEST_FIRST: LineState[] = ['registered', 'connecting', 'refused', 'lost', 'off'];

/** Put a line's new state among the others; a line not seen before joins them. */
export function withLine(lines: LinePicture[], exchangeId: string, state: LineState): LinePicture[] {
  const before = lines.find((one) => one.exchange_id === exchangeId);
  const next: LinePicture = { exchange_id: exchangeId, state, is_out: isOut(before, state) };
  return before ? lines.map((one) => (one === before ? next : one)) : [...lines, next];
}

function isOut(before: LinePicture | undefined, state: LineState): boolean {
  if (state === 'lost' || state === 'refused') return true;
  return state === 'connecting' && (before?.is_out ?? false);
}

/** The phone in one word: the line in use, else the best there is, because one is enough to be rung. */
export function overall(lines: LinePicture[], inUse: string | null): LineState {
  const used = lines.find((one) => one.exchange_id === inUse);
  if (used) return used.state;
  return BEST_FIRST.find((state) => lines.some((one) => one.state === state)) ?? 'off';
}

/** How the phone stands with the exchange of a call; a server that names none means the whole phone. */
export function lineAt(phone: { line: LineState; lines: LinePicture[] }, exchangeId: string | undefined): LineState {
  return phone.lines.find((one) => one.exchange_id === exchangeId)?.state ?? phone.line;
}

/** Lines that were lost or refused while another works: calls there go past this desk. */
export function linesOut(lines: LinePicture[]): string[] {
  if (!lines.some((one) => one.state === 'registered')) return [];
  return lines.filter((one) => one.is_out).map((one) => one.exchange_id);
}

/**
 * What to do with a ring. One talk at a time: a second exchange that rings meanwhile is told that
 * we are busy. Only the exchange of the talk itself may put a new leg in its place.
 */
export function onRing(now: { session: SessionState; at: string | null }, ring: { from: string; resumes: boolean }):
  'take' | 'replace' | 'busy' {
  if (now.session === 'none') return 'take';
  return ring.resumes && ring.from === now.at ? 'replace' : 'busy';
}
