// What each numbered fact changes on the desk. Pure: the same state and fact give the same result.
import { date } from '../../shared/time';
import type { Answered, Board, Call, Desk, DeskState, Fact, FactName, Moment, Offer, Pop } from './deskTypes';

export type Applied =
  | { outcome: 'applied'; state: DeskState }
  | { outcome: 'repeat'; state: DeskState }
  | { outcome: 'gap'; state: DeskState };

/** `gap`: the fact builds on something that this page was never told; only a snapshot helps. */
type Change<Name extends FactName> = (
  state: DeskState,
  fact: Extract<Fact, { name: Name }>,
) => Partial<DeskState> | 'gap';

/** As many as the server shows. */
const MOST_MESSAGES = 30;

/** Begin from a snapshot; what only the page remembers is carried over. */
export function fromSnapshot(desk: Desk, before: DeskState | null): DeskState {
  return {
    ...desk, figures_of: date(desk.now), ended_offer: before?.ended_offer ?? null, last_call: before?.last_call ?? null, failed_wish: before?.failed_wish ?? null, reminder: before?.reminder ?? null,
  };
}

/** Apply one fact if it is the next one; say `repeat` or `gap` and change nothing otherwise. */
export function applyFact(state: DeskState, fact: Fact): Applied {
  if (fact.number <= state.number) return { outcome: 'repeat', state };
  if (fact.number > state.number + 1) return { outcome: 'gap', state };
  // A fact this page does not know (the server is newer) still counts as heard.
  const change = changes[fact.name] as Change<FactName> | undefined;
  const changed = change?.(state, fact as never);
  if (changed === 'gap') return { outcome: 'gap', state };
  return { outcome: 'applied', state: { ...state, ...changed, number: fact.number } };
}

/** Apply facts in their order, up to the first that is not the next one. */
export function applyFacts(state: DeskState, facts: Fact[]): Applied {
  let applied: Applied = { outcome: 'repeat', state };
  for (const fact of facts) {
    const next = applyFact(applied.state, fact);
    if (next.outcome === 'gap') return next;
    if (next.outcome === 'applied') applied = next;
  }
  return applied;
}

/** Take a board unless a newer one is already shown; versions begin anew with each server process. */
export function applyBoard(state: DeskState, board: Board): DeskState {
  if (state.board && Date.parse(board.as_of) < Date.parse(state.board.as_of)) return state;
  return { ...state, board };
}

const changes: { [Name in FactName]: Change<Name> } = {
  'desk.presence_changed': (state, { body: { presence } }) => {
    // An old call came back to the desk, to be written down: only a snapshot brings all of it.
    if (presence.reason === 'record_unfinished' && !state.call) return 'gap';
    return { presence };
  },

  'desk.offer_made': (_state, { body }) => ({ offer: body.offer, ended_offer: null }),

  // What was looked up too slowly at first, or looked up again.
  'desk.pop_renewed': (state, { body: { pop } }) => changePop(state, pop.call_id, () => pop),

  'desk.caller_chosen': (state, { body }) =>
    changePop(state, body.call_id, ({ caller }) => ({ caller: { ...caller, chosen_id: body.caller_id } })),

  'desk.offer_ended': (state, { body, at }) => {
    if (state.offer?.offer_id !== body.offer_id) return {};
    // `desk.offer_answered` comes with it and takes the offer away: forms and focus stay where they are.
    if (body.reason === 'answered') return {};
    return {
      offer: null,
      ended_offer: { offer_id: body.offer_id, line_name: state.offer.line.name, reason: body.reason, at },
    };
  },

  'desk.offer_answered': (state, { body, at }) => {
    if (state.offer?.call_id !== body.call_id) return 'gap';
    return {
      call: firstTalk(state.offer, body),
      offer: null,
      ended_offer: null,
      last_call: null,
      ...oneMoreAnswered(state, at),
    };
  },

  'desk.call_answered': (state, { body, at }) => {
    const isSameCall = state.call?.call_id === body.call.call_id;
    return {
      call: body.call,
      offer: state.offer?.call_id === body.call.call_id ? null : state.offer,
      ended_offer: null,
      last_call: null,
      ...(isSameCall ? {} : oneMoreAnswered(state, at)),
    };
  },

  'desk.call_changed': (state, { body }) => {
    const changed = changeCall(state, body.call_id, (call) => ({
      state: body.state,
      state_since: body.state_since,
      control: body.control ?? call.control,
    }));
    const isTakenBack = body.state !== 'held' && state.reminder?.what === 'hold';
    return isTakenBack ? { ...changed, reminder: null } : changed;
  },

  'desk.call_ended': (state, { body }) =>
    changeCall(state, body.call_id, (call) => ({
      state: 'ended',
      // Nothing goes on in it any more, for this desk: others may talk on.
      control: { ...call.control, state: 'ended', is_muted: false, is_recording_paused: false, parties: [], supervision: [] },
      state_since: body.ended_at,
      ended_at: body.ended_at,
      ended_by: body.ended_by,
    })),

  'desk.outcome_saved': (state, { body }) =>
    changeCall(state, body.call_id, (call) => ({
      outcomes: [
        ...call.outcomes.filter((one) => one.kind !== body.outcome.kind || one.id !== body.outcome.id),
        body.outcome,
      ],
    })),

  'desk.recording_linked': (state, { body }) =>
    changeCall(state, body.call_id, (call) => ({
      recordings: [
        ...call.recordings.filter((one) => one.recording_id !== body.recording.recording_id),
        body.recording,
      ].sort((a, b) => a.segment - b.segment || a.recording_id - b.recording_id), // they arrive in any order
    })),

  'desk.call_closed': (state, { body }) =>
    state.call?.call_id === body.call_id ? { call: null, last_call: state.call } : {},

  // What was wished did not come: nothing on the desk has changed, and nothing was shown before.
  'desk.order_refused': (_state, { body, at }) => ({ failed_wish: { kind: body.kind, code: body.code, at } }),
  'desk.outcome_missing': (_state, { body, at }) => ({ failed_wish: { kind: body.kind, code: null, at } }),

  'desk.reminded': (_state, { body, at }) => ({ reminder: { ...body, at } }),

  // The same message comes again with its answer.
  'desk.message_told': (state, { body }) => ({
    messages: [body.message, ...state.messages.filter((one) => one.message_id !== body.message.message_id)]
      .sort((a, b) => b.message_id - a.message_id)
      .slice(0, MOST_MESSAGES),
  }),
  // Stays until its agent has seen it, on whichever of his pages.
  'desk.notice_told': (state, { body }) => ({ notices: [body.notice, ...state.notices] }),
  'desk.notice_seen': (state, { body }) => ({
    notices: state.notices.filter((one) => one.notice_id !== body.notice_id),
  }),
  'desk.settings_changed': (_state, { body }) => ({ settings: body.settings }),
  'desk.holder_changed': (_state, { body }) => ({ holder: body.holder }),
};

/** How many calls were answered on the day of this moment: at midnight of the city it begins anew. */
export function answeredToday(state: DeskState, moment: Moment): number {
  return state.figures_of === date(moment) ? state.figures.answered_today : 0;
}

function oneMoreAnswered(state: DeskState, at: Moment): Pick<DeskState, 'figures' | 'figures_of'> {
  return { figures: { answered_today: answeredToday(state, at) + 1 }, figures_of: date(at) };
}

/** The call whose pop the offer was: nothing is written or recorded yet. */
function firstTalk(offer: Offer, answered: Answered): Call {
  const { line, caller, suggestions, arrived_at, missing } = offer;
  return {
    ...{ line, caller, suggestions, arrived_at, missing },
    ...answered,
    ended_at: null,
    ended_by: null,
    handing: null,
    draft: { version: 0, body: {}, saved_at: null },
    outcomes: [],
    recordings: [],
  };
}

/** Change what is known of a caller, whether he rings or is talked to. */
function changePop(state: DeskState, callId: number, change: (pop: Pop) => Partial<Pop>): Partial<DeskState> {
  const changed = changeCall(state, callId, change);
  return state.offer?.call_id === callId ? { ...changed, offer: { ...state.offer, ...change(state.offer) } } : changed;
}

/** Change the call on the desk or the one before, whichever it is; other calls are none of ours. */
function changeCall(state: DeskState, callId: number, change: (call: Call) => Partial<Call>): Partial<DeskState> {
  if (state.call?.call_id === callId) return { call: { ...state.call, ...change(state.call) } };
  if (state.last_call?.call_id === callId) {
    return { last_call: { ...state.last_call, ...change(state.last_call) } };
  }
  return {};
}
