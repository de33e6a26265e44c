// When lines with fresh credentials may take the place of those that do not work. Pure.
import type { PhonePicture } from './phone';

/** Where the rescue of a broken line stands; `far_side_silent` is not ours to mend. */
export type Rescue = 'none' | 'probing' | 'network_away' | 'restarting' | 'far_side_silent';

/**
 * Never in a conversation, never beside lines that all work or are just coming up, and not while a
 * rescue looks for the network: it makes the new phone itself.
 */
export function mayStart(phone: Pick<PhonePicture, 'lines' | 'session'>, rescue: Rescue): boolean {
  if (phone.session !== 'none' || rescue === 'probing' || rescue === 'network_away') return false;
  if (phone.lines.length === 0) return true;
  return phone.lines.some(({ state }) => state !== 'registered' && state !== 'connecting');
}

const FIRST_MS = 1500;
const MOST_DOUBLINGS = 4;

/** How long to wait before fresh credentials are fetched, after so many refusals in a row. */
export function freshCredentialsAfter(refusals: number): number {
  return FIRST_MS * 2 ** Math.min(refusals, MOST_DOUBLINGS);
}
