// Why no call comes to me now, as this page knows it: what only the page sees comes before the server's verdict. Pure.
import type { NoCallVerdict } from './deskTypes';
import type { PhonePicture } from '../../shared/phone/phone';

export interface LocalPicture {
  isLinkUp: boolean;
  hasPhone: boolean;
  phone: Pick<PhonePicture, 'line' | 'microphone'>;
}

/** The first thing in the way; null while nothing is known. */
export function whyNoCall(local: LocalPicture, told: NoCallVerdict | null): NoCallVerdict | null {
  if (!local.isLinkUp) return { code: 'page_cut_off', parameters: {} };
  if (local.hasPhone && local.phone.microphone === 'refused') return { code: 'no_microphone', parameters: {} };
  if (local.hasPhone && local.phone.line !== 'registered') return { code: 'phone_away', parameters: {} };
  return told;
}
