// What the bar says: the server's state of the agent, corrected by what the phone in the page knows.
import type { IconName } from '../../shared/outlines';
import type { Call, Moment, Offer, Presence } from './deskTypes';
import type { PhonePicture } from '../../shared/phone/phone';
import { lineAt } from '../../shared/phone/phoneLines';
import type { Rescue } from '../../shared/phone/phoneStart';

export type Kind =
  | 'signed_out' | 'not_ready' | 'ready' | 'offered' | 'talking' | 'quiet'
  | 'line_lost' | 'wrap_up' | 'missed' | 'link_lost';

export interface BarState {
  kind: Kind;
  icon: IconName;
  /** Keys of the texts: the state in a word, and what is being done about it. */
  word: string;
  note: string | null;
  since: Moment | null;
  until: Moment | null;
}

export interface BarPicture {
  presence: Presence;
  offer: Offer | null;
  call: Call | null;
  /** The phone is in this page; false for desk phones, the simulator and tabs without the phone. */
  hasPhone: boolean;
  phone: PhonePicture;
  hasSound: boolean;
  rescue: Rescue;
  /** The session has ended: what the server last said is not true for long. */
  isSignedOut: boolean;
}

const icons: Record<Kind, IconName> = {
  signed_out: 'circle-off',
  not_ready: 'coffee',
  ready: 'circle-check',
  offered: 'bell-ringing',
  talking: 'phone-call',
  quiet: 'headphones',
  line_lost: 'plug-connected-x',
  wrap_up: 'edit',
  missed: 'phone-off',
  link_lost: 'plug-connected-x',
};

/** Decide what the bar says. Pure. */
export function showBar(picture: BarPicture): BarState {
  const { presence, phone, hasPhone } = picture;
  if (picture.isSignedOut && !(hasPhone && picture.hasSound)) return bar('signed_out', 'state.signed_out');
  if (hasPhone && isAlone(picture)) return aloneBar(phone);
  if (hasPhone && presence.state === 'talking') return talkingBar(picture);
  if (presence.state === 'talking') return bar('talking', 'state.talking', { since: talkSince(picture) });
  if (presence.state === 'reconnecting') {
    return hasPhone && picture.hasSound
      ? bar('talking', 'state.talking', { since: talkSince(picture) })
      : bar('line_lost', 'state.line_lost', { since: presence.since, note: rescueNote(picture) });
  }
  const note = presence.state === 'link_lost' ? 'bar_note.link_lost' : null;
  return bar(presence.state, `state.${presence.state}`, { since: presence.since, until: presence.until, note });
}

/** The exchange rings or talks with us, and the server knows nothing of it. */
function isAlone({ presence, offer, call, phone }: BarPicture): boolean {
  if (phone.session === 'none') return false;
  const isKnown = offer !== null || (call !== null && call.state !== 'ended');
  return !isKnown && presence.state !== 'talking' && presence.state !== 'reconnecting';
}

function aloneBar(phone: PhonePicture): BarState {
  return phone.session === 'talking'
    ? bar('talking', 'state.talking_alone')
    : bar('offered', 'state.offered');
}

function talkingBar(picture: BarPicture): BarState {
  const since = talkSince(picture);
  if (picture.hasSound) return bar('talking', 'state.talking', { since });
  const { phone, rescue } = picture;
  if (rescue === 'far_side_silent') return bar('quiet', 'state.quiet', { since, note: 'bar_note.far_side_silent' });
  if (rescue === 'none' && (phone.session === 'talking' || phone.session === 'answering')) {
    return bar('quiet', 'state.connecting', { since });
  }
  return bar('line_lost', 'state.line_lost', { since: null, note: rescueNote(picture) });
}

function rescueNote({ rescue, phone, call }: BarPicture): string {
  if (rescue === 'probing' || rescue === 'network_away') return `bar_note.${rescue}`;
  if (lineAt(phone, call?.exchange_id) !== 'registered') return 'bar_note.registering';
  return 'bar_note.returning';
}

function talkSince({ call, presence }: BarPicture): Moment {
  return call?.talk_started_at ?? presence.since;
}

function bar(kind: Kind, word: string, more: Partial<BarState> = {}): BarState {
  return { kind, icon: icons[kind], word, note: null, since: null, until: null, ...more };
}
