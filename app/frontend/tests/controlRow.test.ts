import { expect, test } from 'vitest';

import { makeCall, makeDesk } from '../src/dev/samples';
import { controlRow, whyNoEmergency, type ControlId, type RowPicture, type WhyNot } from '../src/islands/agent_desk/controlRow';
import type { Call, CallControl, Control } from '../src/islands/agent_desk/deskTypes';

const all: Control[] = ['hold', 'mute', 'digits', 'pause_recording', 'consult', 'transfer', 'supervise', 'call_out'];
const party = (is_answered: boolean): CallControl['parties'][number] => ({ party: 7, role: 'consulted', name: '李', number_shown: '1007', is_answered });

function callIn(state: Call['state'], control: Partial<CallControl> = {}): Call {
  const call = makeCall({ state });
  return { ...call, control: { ...call.control, state, can: all, ...control } };
}
function seen(more: Partial<RowPicture> = {}, presence: Partial<RowPicture['presence']> = {}): RowPicture {
  const desk = makeDesk();
  return {
    presence: { ...desk.presence, ...presence }, call: null, isRinging: false, canHangUp: false,
    phone: { isHere: true, isTalking: false, isMuted: false }, exchanges: desk.exchanges, isLinkUp: true, mayCallEmergencies: true, ...more,
  };
}
const talk = (control: Partial<CallControl> = {}, more: Partial<RowPicture> = {}, presence: Partial<RowPicture['presence']> = {}) =>
  seen({ call: callIn('talking', control), canHangUp: true, phone: { isHere: true, isTalking: true, isMuted: false }, ...more }, { state: 'talking', ...presence });
const whys = (picture: RowPicture) => Object.fromEntries(controlRow(picture).map((one) => [one.id, one.why])) as Record<ControlId, WhyNot | null>;

test('the row is always whole and in the same order, whatever goes on', () => {
  const ids = (picture: RowPicture) => controlRow(picture).map((one) => one.id);

  for (const picture of [seen(), seen({ isRinging: true }), talk(), seen({ call: callIn('ended') })]) expect(ids(picture)).toEqual(ids(seen()));
  expect(ids(seen())).toHaveLength(13);
});

const inCall = ['hold', 'mute', 'consult', 'transfer', 'join', 'leave', 'drop', 'digits', 'recording'] as const;

test.each<[string, RowPicture, Partial<Record<ControlId, WhyNot | null>>]>([
  ['idle', seen(), { answer: 'no_ring', hang_up: 'no_call', hold: 'no_call', call_out: null, help: null }],
  ['ringing', seen({ isRinging: true }, { state: 'offered' }), { answer: null, hold: 'no_call', call_out: 'in_call' }],
  ['talking', talk(), { hold: null, mute: null, consult: null, transfer: null, join: 'no_party', leave: 'no_party', drop: 'no_party', digits: null, recording: null, call_out: 'in_call' }],
  ['held', talk({}, { call: callIn('held') }), { hold: null, consult: null, digits: 'held', recording: null }],
  ['ringing a colleague', talk({}, { call: callIn('held', { parties: [party(false)] }) }), { hold: 'consulting', consult: 'consulting', transfer: 'consulting', join: 'no_party', leave: 'no_party', drop: null }],
  ['consulting', talk({}, { call: callIn('held', { parties: [party(true)] }) }), { join: null, leave: null, drop: null, transfer: 'consulting' }],
  ['three together', talk({ parties: [party(true)] }), { join: 'joined', leave: null, drop: null, hold: null }],
  ['a supervisor listens', talk({ parties: [{ ...party(true), role: 'supervisor' }] }), { consult: null, join: 'no_party', drop: 'no_party' }],
  ['calling out', talk({}, { call: callIn('calling') }), { hold: 'not_answered', consult: 'not_answered', hang_up: null }],
  ['on its way elsewhere', talk({}, { call: callIn('transferring') }), { hold: 'moving', transfer: 'moving' }],
  ['reconnecting', talk({}, { call: callIn('reconnecting') }), { hold: 'moving', digits: 'moving' }],
  ['over', talk({}, { call: callIn('ended') }), { hold: 'no_call', mute: 'no_call' }],
  ['a colleague’s call', talk({}, {}, { reason: 'consulted' }), { hold: 'not_yours', transfer: 'not_yours', mute: null }],
  ['an exchange that can only hold', talk({ can: ['hold'] }), { hold: null, consult: 'exchange', transfer: 'exchange', digits: 'exchange', recording: 'exchange', join: 'exchange', mute: null }],
  ['a desk phone that cannot be muted from here', talk({ can: ['hold'] }, { phone: { isHere: false, isTalking: false, isMuted: false } }), { mute: 'exchange' }],
  ['a desk phone', talk({}, { phone: { isHere: false, isTalking: false, isMuted: false } }), { mute: null }],
  ['no sound yet', talk({}, { phone: { isHere: true, isTalking: false, isMuted: false } }), { mute: 'no_sound' }],
  ['signed out in mid-call', talk({}, { isLinkUp: false }), { hold: 'link', transfer: 'link', mute: null, hang_up: null, help: 'link' }],
  ['no exchange that calls out', seen({ exchanges: makeDesk().exchanges.map((one) => ({ ...one, controls: ['hold' as const] })) }), { call_out: 'call_out' }],
  ['the exchange is away', seen({ exchanges: makeDesk().exchanges.map((one) => ({ ...one, is_up: false })) }), { call_out: 'no_line' }],
  ['not ready', seen({}, { state: 'not_ready', reason: 'meal' }), { call_out: null }],
  ['wrap-up', seen({ call: callIn('ended') }, { state: 'wrap_up' }), { call_out: 'in_call', hold: 'no_call' }],
])('%s', (_name, picture, expected) => {
  expect(whys(picture)).toMatchObject(expected);
});

test('without a call nothing of a call can be done, and each says so', () => {
  const found = whys(seen());

  for (const id of inCall) expect([id, found[id]]).toEqual([id, 'no_call']);
});

test.each<[string, RowPicture, ControlId[]]>([
  ['held', talk({}, { call: callIn('held') }), ['hold']],
  ['muted here', talk({}, { phone: { isHere: true, isTalking: true, isMuted: true } }), ['mute']],
  ['muted at a desk phone', talk({ is_muted: true }, { phone: { isHere: false, isTalking: false, isMuted: false } }), ['mute']],
  ['recording paused', talk({ is_recording_paused: true }), ['recording']],
  ['three together', talk({ parties: [party(true)] }), ['join']],
  ['nothing', talk(), []],
])('what goes on is pressed: %s', (_name, picture, expected) => {
  expect(controlRow(picture).filter((one) => one.isOn).map((one) => one.id)).toEqual(expected);
});

test.each<[string, RowPicture, WhyNot | null]>([
  ['live and talking', talk(), null],
  ['a demonstration', talk({}, { mayCallEmergencies: false }), 'demo'],
  ['no call', seen(), 'no_call'],
  ['consulting', talk({}, { call: callIn('held', { parties: [party(true)] }) }), 'consulting'],
])('the emergency services: %s', (_name, picture, expected) => {
  expect(whyNoEmergency(picture)).toBe(expected);
});
