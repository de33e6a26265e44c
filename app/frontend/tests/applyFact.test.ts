import { describe, expect, test } from 'vitest';

import { makeCall, makeDesk, makeNotice, makeOffer } from '../src/dev/samples';
import { applyBoard, applyFact, fromSnapshot } from '../src/islands/agent_desk/applyFact';
import type { DeskState, Fact, FactName } from '../src/islands/agent_desk/deskTypes';

type Body<Name extends FactName> = Extract<Fact, { name: Name }>['body'];

const AT = '2026-11-23T02:41:07Z';
const empty = fromSnapshot(makeDesk({ number: 10, now: AT }), null);
const fact = <Name extends FactName>(number: number, name: Name, body: Body<Name>): Fact =>
  ({ number, name, body, at: AT }) as Fact;

function after(state: DeskState, ...facts: Fact[]): DeskState {
  return facts.reduce((now, one) => {
    const applied = applyFact(now, one);
    expect(applied.outcome).toBe('applied');
    return applied.state;
  }, state);
}

const offer = makeOffer();
const call = makeCall({ arrived_at: offer.arrived_at });
const ringing = after(empty, fact(11, 'desk.offer_made', { offer }));
const { call_id, exchange_id, state, state_since, talk_started_at, control } = call;
const answered = { call_id, exchange_id, state, state_since, talk_started_at, control };
const talking = after(ringing, fact(12, 'desk.offer_answered', answered));

describe('numbers', () => {
  test('a fact heard twice changes nothing', () => {
    const again = applyFact(ringing, fact(11, 'desk.offer_ended', { offer_id: offer.offer_id, call_id: 501, reason: 'missed' }));

    expect(again.outcome).toBe('repeat');
    expect(again.state).toBe(ringing);
  });

  test('a missing number is a gap and nothing is applied', () => {
    const applied = applyFact(empty, fact(12, 'desk.offer_made', { offer }));

    expect(applied.outcome).toBe('gap');
    expect(applied.state).toBe(empty);
  });

  test('a fact this page does not know still counts', () => {
    const strange = { number: 11, name: 'desk.something_new', body: {}, at: AT } as unknown as Fact;

    expect(after(empty, strange)).toEqual({ ...empty, number: 11 });
  });

  test('the state before stays as it was', () => {
    expect(empty.offer).toBeNull();
    expect(empty.number).toBe(10);
  });
});

describe('a ring', () => {
  test('brings the whole pop', () => {
    expect(ringing.offer).toEqual(offer);
  });

  test('that the caller gave up says so', () => {
    const gone = after(ringing, fact(12, 'desk.offer_ended', { offer_id: 9001, call_id: 501, reason: 'caller_gone' }));

    expect(gone.offer).toBeNull();
    expect(gone.ended_offer).toEqual({ offer_id: 9001, line_name: '市场监管热线', reason: 'caller_gone', at: AT });
  });

  test('that ended as another offer leaves this one', () => {
    const other = after(ringing, fact(12, 'desk.offer_ended', { offer_id: 1, call_id: 2, reason: 'missed' }));

    expect(other.offer).toEqual(offer);
  });

  test('that was answered stands until its call does: what was typed while it rang keeps its place', () => {
    const between = after(ringing, fact(12, 'desk.offer_ended', { offer_id: 9001, call_id: 501, reason: 'answered' }));

    expect(between.offer).toEqual(offer);
    expect(between.ended_offer).toBeNull();
    expect(after(between, fact(13, 'desk.offer_answered', answered)).offer).toBeNull();
  });

  test('that was answered before its pop was made asks for the whole picture', () => {
    const applied = applyFact(empty, fact(11, 'desk.offer_answered', answered));

    expect(applied.outcome).toBe('gap');
    expect(applied.state).toBe(empty);
  });

  test('that was answered becomes the call and counts once', () => {
    expect(talking.offer).toBeNull();
    expect(talking.call).toEqual(call);
    expect(talking.figures.answered_today).toBe(18);
  });
});

describe('a call', () => {
  test('that comes back after a cut is not counted again', () => {
    const lost = after(talking, fact(13, 'desk.call_changed', { call_id: 501, state: 'reconnecting', state_since: AT }));
    const back = after(lost, fact(14, 'desk.call_answered', { call }));

    expect(lost.call?.state).toBe('reconnecting');
    expect(back.call?.state).toBe('talking');
    expect(back.figures.answered_today).toBe(18);
  });

  test('that ended stays on the desk until it is closed, then is remembered for its recording', () => {
    const recording = { recording_id: 3, segment: 3, state: 'ok', seconds: 9, url: '/r/3' };
    const closed = after(
      talking,
      fact(13, 'desk.call_ended', { call_id: 501, ended_at: AT, ended_by: 'caller' }),
      fact(14, 'desk.outcome_saved', { call_id: 501, outcome: { kind: 'enquiry', id: 5, number: null } }),
      fact(15, 'desk.call_closed', { call_id: 501 }),
      fact(16, 'desk.recording_linked', { call_id: 501, recording }),
    );

    expect(closed.call).toBeNull();
    expect(closed.last_call?.ended_by).toBe('caller');
    expect(closed.last_call?.outcomes).toHaveLength(1);
    expect(closed.last_call?.recordings).toEqual([recording]);
  });

  test('takes an outcome and a recording once each', () => {
    const outcome = { kind: 'ticket', id: 5, number: 'HY1' } as const;
    const saved = after(
      talking,
      fact(13, 'desk.outcome_saved', { call_id: 501, outcome }),
      fact(14, 'desk.outcome_saved', { call_id: 501, outcome: { ...outcome, number: 'HY2' } }),
    );

    expect(saved.call?.outcomes).toEqual([{ ...outcome, number: 'HY2' }]);
  });

  test('of somebody else changes nothing here', () => {
    const other = after(talking, fact(13, 'desk.call_ended', { call_id: 9, ended_at: AT, ended_by: 'caller' }));

    expect(other.call).toEqual(call);
  });
});

test('an older board does not replace a newer one', () => {
  const before = { ...empty, board: null };
  const newer = applyBoard(before, { version: 5, waiting: 1, longest_since: null, as_of: AT });
  const older = applyBoard(newer, { version: 4, waiting: 9, longest_since: null, as_of: '2026-11-23T02:41:06Z' });

  expect(older.board?.waiting).toBe(1);
});

test('a server process that counts boards from one again is believed', () => {
  const before = applyBoard({ ...empty, board: null }, { version: 500, waiting: 1, longest_since: null, as_of: AT });
  const again = applyBoard(before, { version: 1, waiting: 2, longest_since: null, as_of: '2026-11-23T02:41:08Z' });

  expect(again.board?.waiting).toBe(2);
});

test('a snapshot keeps what only the page remembers', () => {
  const closed = after(talking, fact(13, 'desk.call_closed', { call_id: 501 }));

  expect(fromSnapshot(makeDesk({ number: 20 }), closed).last_call?.call_id).toBe(501);
});

describe('what somebody else did at the desk', () => {
  const first = makeNotice({ notice_id: 3 });
  const second = makeNotice({ notice_id: 4, kind: 'offer_freed', state: null, reason: null });
  const told = after(empty, fact(11, 'desk.notice_told', { notice: first }), fact(12, 'desk.notice_told', { notice: second }));

  test('stands there with the newest first until it is seen', () => {
    expect(told.notices).toEqual([second, first]);
    expect(after(told, fact(13, 'desk.notice_seen', { notice_id: 4 })).notices).toEqual([first]);
  });

  test('is the same from facts and from a snapshot', () => {
    const snapshot = fromSnapshot(makeDesk({ number: 12, notices: [second, first] }), empty);

    expect(told.notices).toEqual(snapshot.notices);
  });

  test('seen on another page before this one was told of it changes nothing', () => {
    expect(after(told, fact(13, 'desk.notice_seen', { notice_id: 99 })).notices).toEqual([second, first]);
  });
});

describe('a reminder', () => {
  const held = after(talking, fact(13, 'desk.call_changed', { call_id, state: 'held', state_since: AT }));
  const reminded = after(held, fact(14, 'desk.reminded', { call_id, what: 'hold', seconds: 60 }));

  test('of a held caller stands until he is taken back', () => {
    expect(reminded.reminder).toEqual({ call_id, what: 'hold', seconds: 60, at: AT });
    expect(after(reminded, fact(15, 'desk.call_changed', { call_id, state: 'talking', state_since: AT })).reminder).toBeNull();
  });

  test('is not taken away by what else happens on hold', () => {
    const asked = after(reminded, fact(15, 'desk.call_changed', { call_id, state: 'held', state_since: AT }));

    expect(asked.reminder).toEqual(reminded.reminder);
  });
});
