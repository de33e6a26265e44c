// The row of controls: which can be used now, which are on, and why the others cannot. Pure.
import type { Call, CallControl, Control, Desk, Presence } from './deskTypes';

export type ControlId =
  | 'answer' | 'hang_up' | 'hold' | 'mute' | 'consult' | 'transfer' | 'join' | 'leave' | 'drop'
  | 'digits' | 'recording' | 'call_out' | 'help';

export type WhyNot =
  | 'no_ring' | 'no_call' | 'link' | 'exchange' | 'not_answered' | 'moving' | 'held' | 'not_yours' | 'consulting'
  | 'no_party' | 'joined' | 'no_sound' | 'in_call' | 'no_line' | 'call_out' | 'demo';

export interface ControlState {
  id: ControlId;
  isOn: boolean;
  /** Null: it can be used. */
  why: WhyNot | null;
}

export interface RowPicture {
  presence: Presence;
  call: Call | null;
  isRinging: boolean;
  canHangUp: boolean;
  /** The phone stands in this page and has sound now: it mutes itself at once. */
  phone: { isHere: boolean; isTalking: boolean; isMuted: boolean };
  exchanges: Desk['exchanges'];
  isLinkUp: boolean;
  mayCallEmergencies: boolean;
}

const BESIDE = ['consulted', 'supervising', 'consult', 'transfer', 'supervise'];
const order: ControlId[] = [
  'answer', 'hang_up', 'hold', 'mute', 'consult', 'transfer', 'join', 'leave', 'drop', 'digits', 'recording', 'call_out', 'help',
];
const needs: Partial<Record<ControlId, Control>> = {
  hold: 'hold', mute: 'mute', consult: 'consult', transfer: 'transfer', join: 'consult', leave: 'consult', drop: 'consult',
  digits: 'digits', recording: 'pause_recording',
};

/** Say of every control how it stands; always all of them, always in the same order. */
export function controlRow(picture: RowPicture): ControlState[] {
  return order.map((id) => ({ id, isOn: isOn(id, picture), why: whyNot(id, picture) }));
}

/** Why a caller cannot be handed to an emergency service now; null when he can. */
export function whyNoEmergency(picture: RowPicture): WhyNot | null {
  return whyNot('transfer', picture) ?? (picture.mayCallEmergencies ? null : 'demo');
}

function isOn(id: ControlId, { call, phone }: RowPicture): boolean {
  if (id === 'hold') return call?.state === 'held';
  if (id === 'mute') return phone.isHere ? phone.isMuted : (call?.control.is_muted ?? false);
  if (id === 'recording') return call?.control.is_recording_paused ?? false;
  return id === 'join' && isThreeParty(call);
}

function whyNot(id: ControlId, picture: RowPicture): WhyNot | null {
  switch (id) {
    case 'answer':
      return picture.isRinging ? null : 'no_ring';
    case 'hang_up':
      return picture.canHangUp ? null : 'no_call';
    case 'help':
      return picture.isLinkUp ? null : 'link';
    case 'call_out':
      return whyNoCallOut(picture);
    default:
      return whyNotInCall(id, picture);
  }
}

function whyNoCallOut({ presence, exchanges, isLinkUp }: RowPicture): WhyNot | null {
  if (!isLinkUp) return 'link';
  if (!['ready', 'not_ready', 'missed'].includes(presence.state)) return 'in_call';
  const able = exchanges.filter((one) => one.controls.includes('call_out'));
  if (!able.length) return 'call_out';
  return able.some((one) => one.is_up) ? null : 'no_line';
}

function whyNotInCall(id: ControlId, picture: RowPicture): WhyNot | null {
  const { call, presence, phone, isLinkUp } = picture;
  if (!call || call.state === 'ended') return 'no_call';
  // A phone in the page mutes itself: nobody is asked.
  if (id === 'mute' && phone.isHere) return phone.isTalking ? null : 'no_sound';
  if (!isLinkUp) return 'link';
  if (presence.reason !== null && BESIDE.includes(presence.reason)) return 'not_yours';
  const need = needs[id];
  if (need && !call.control.can.includes(need)) return 'exchange';
  if (call.state === 'calling') return 'not_answered';
  if (call.state !== 'talking' && call.state !== 'held') return 'moving';
  return whyNotWithParties(id, call);
}

function whyNotWithParties(id: ControlId, call: Call): WhyNot | null {
  const parties = others(call);
  const isHeld = call.state === 'held';
  if (id === 'consult' || id === 'transfer') return parties.length ? 'consulting' : null;
  if (id === 'hold') return isHeld && parties.length ? 'consulting' : null;
  if (id === 'digits') return isHeld ? 'held' : null;
  if (id === 'drop') return parties.length ? null : 'no_party';
  return id === 'join' || id === 'leave' ? whyNotTogether(id, parties, isHeld) : null;
}

function whyNotTogether(id: 'join' | 'leave', parties: CallControl['parties'], isHeld: boolean): WhyNot | null {
  if (!parties.some((one) => one.is_answered)) return 'no_party';
  return id === 'join' && !isHeld ? 'joined' : null;
}

/** Who is in the call or rung for it beside caller and agent; supervisors help, they are no party. */
export function others(call: Call | null): Call['control']['parties'] {
  return (call?.control.parties ?? []).filter((one) => one.role !== 'supervisor');
}

function isThreeParty(call: Call | null): boolean {
  return call?.state === 'talking' && others(call).some((one) => one.is_answered);
}
