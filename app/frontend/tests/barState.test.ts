import { expect, test } from 'vitest';

import { ago, makeCall, makeOffer } from '../src/dev/samples';
import { showBar, type BarPicture } from '../src/islands/agent_desk/barState';
import { phoneOff, type PhonePicture } from '../src/shared/phone/phone';

const registered: PhonePicture = { ...phoneOff, line: 'registered' };
const inCall: PhonePicture = { ...registered, session: 'talking' };

function picture(state: BarPicture['presence']['state'], more: Partial<BarPicture> = {}): BarPicture {
  return {
    presence: { state, reason: null, since: ago(5), until: null, next_state: null, next_reason: null, extensions: 0 },
    offer: null, call: null, hasPhone: true, phone: registered, hasSound: false, rescue: 'none', isSignedOut: false, ...more,
  };
}

test('talking is shown only while sound arrives', () => {
  const call = makeCall();

  expect(showBar(picture('talking', { call, phone: inCall, hasSound: true })).kind).toBe('talking');
  expect(showBar(picture('talking', { call, phone: inCall, rescue: 'probing' }))).toMatchObject({
    kind: 'line_lost', note: 'bar_note.probing',
  });
});

test('a page that was loaded anew in a call does not claim to talk', () => {
  const bar = showBar(picture('talking', { call: makeCall(), phone: { ...phoneOff, line: 'connecting' } }));

  expect(bar).toMatchObject({ kind: 'line_lost', note: 'bar_note.registering' });
});

test('a caller who is silent on a sound line is not called a lost phone', () => {
  const bar = showBar(picture('talking', { call: makeCall(), phone: inCall, rescue: 'far_side_silent' }));

  expect(bar.kind).toBe('quiet');
});

test('the first moment of a call is neither talking nor lost', () => {
  expect(showBar(picture('talking', { call: makeCall(), phone: inCall })).word).toBe('state.connecting');
});

test('a phone outside the page is believed', () => {
  expect(showBar(picture('talking', { call: makeCall(), hasPhone: false })).kind).toBe('talking');
});

test('a ring that the server does not know of is a ring all the same', () => {
  const bar = showBar(picture('ready', { phone: { ...registered, session: 'ringing' } }));

  expect(bar.kind).toBe('offered');
});

test('an alone conversation is shown as one', () => {
  expect(showBar(picture('ready', { phone: inCall })).word).toBe('state.talking_alone');
});

test('a known ring is the state of the server', () => {
  const bar = showBar(picture('offered', { offer: makeOffer(), phone: { ...registered, session: 'ringing' } }));

  expect(bar).toMatchObject({ kind: 'offered', word: 'state.offered' });
});

test('wrap-up carries its end', () => {
  const base = picture('wrap_up', { call: makeCall({ state: 'ended' }) });
  const until = ago(-40);

  expect(showBar({ ...base, presence: { ...base.presence, until } }).until).toBe(until);
});

test('a page whose session has ended does not claim a conversation that it cannot hear', () => {
  const call = makeCall();

  expect(showBar(picture('talking', { call, hasPhone: false, isSignedOut: true })).kind).toBe('signed_out');
  expect(showBar(picture('talking', { call, phone: inCall, hasSound: true, isSignedOut: true })).kind).toBe('talking');
});
