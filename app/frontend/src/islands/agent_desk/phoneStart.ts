// When a phone with fresh credentials may take the place of the one there is. Pure.
import type { PhonePicture } from './phone';

/** Where the rescue of a broken line stands; `far_side_silent` is not ours to mend. */
export type Rescue = 'none' | 'probing' | 'network_away' | 'restarting' | 'far_side_silent';

/**
 * Never in a conversation, never beside a phone that works or is just coming up, and not while a
 * rescue looks for the network: it makes the new phone itself.
 */
export function mayStart(phone: Pick<PhonePicture, 'line' | 'session'>, rescue: Rescue): boolean {
  if (phone.session !== 'none' || rescue === 'probing' || rescue === 'network_away') return false;
  return phone.line !== 'registered' && phone.line !== 'connecting';
}
