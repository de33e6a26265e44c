// The shapes that the server and the desk exchange. Moments are ISO 8601 in UTC.

export type Moment = string;

export interface Line {
  number: string;
  name: string;
  mode: 'main' | 'merged' | 'dual_number' | 'sub_centre';
  mode_is_sample: boolean;
  greeting: string;
}

export interface CallerCard {
  number_shown: string;
  is_withheld: boolean;
  place: string | null;
  persons: { caller_id: number; name_shown: string }[];
  calls_7_days: number;
  open_tickets: { ticket_id: number; number: string; title: string; state: string; opened_at: Moment }[];
  recent_calls: { call_id: number; line_name: string; at: Moment; outcome: string | null; summary: string | null }[];
}

export interface Suggestion {
  article_id: number;
  title: string;
  unit_name: string;
  answer: string;
  basis: string | null;
  valid_until: Moment | null;
}

export interface Pop {
  call_id: number;
  line: Line;
  caller: CallerCard;
  suggestions: Suggestion[];
  arrived_at: Moment;
}

export interface Offer extends Pop {
  offer_id: number;
  ring_until: Moment;
  resumes: boolean;
}

export interface Outcome {
  kind: 'enquiry' | 'ticket';
  id: number;
  number: string | null;
}

export interface Recording {
  recording_id: number;
  state: string;
  seconds: number | null;
  url: string;
}

export interface SavedDraft {
  version: number;
  body: Record<string, unknown>;
  saved_at: Moment | null;
}

/** How a call stands; a word that this page does not know (the server is newer) is shown as a talk. */
export type CallState =
  | 'calling' | 'talking' | 'held' | 'transferring' | 'handed_over' | 'reconnecting' | 'ended';

export interface CallControl {
  state: string;
  direction: 'in' | 'out';
  can: Control[];
  is_muted: boolean;
  is_recording_paused: boolean;
  parties: { party: number | null; role: string; name: string; number_shown: string; is_answered: boolean }[];
  supervision: { phone: string; mode: string }[];
}

export interface Call extends Pop {
  exchange_id: string;
  state: CallState;
  state_since: Moment;
  talk_started_at: Moment;
  ended_at: Moment | null;
  ended_by: string | null;
  control: CallControl;
  draft: SavedDraft;
  outcomes: Outcome[];
  recordings: Recording[];
}

/** What the first talk of an offered call adds to the pop that the desk has. */
export interface Answered {
  call_id: number;
  exchange_id: string;
  state: CallState;
  state_since: Moment;
  talk_started_at: Moment;
  control: CallControl;
}

export type PresenceState =
  | 'signed_out' | 'not_ready' | 'ready' | 'offered' | 'talking'
  | 'reconnecting' | 'wrap_up' | 'missed' | 'link_lost';

export interface Presence {
  state: PresenceState;
  reason: string | null;
  since: Moment;
  until: Moment | null;
  next_state: string | null;
}

export interface Board {
  version: number;
  waiting: number;
  longest_since: Moment | null;
  as_of: Moment;
}

export interface Category {
  code: string;
  name: string;
  parent_code: string | null;
  keywords: string[];
  initials: string;
}

/** What an exchange can do with a call that is talked on. */
export type Control = 'hold' | 'mute' | 'digits' | 'pause_recording' | 'consult' | 'transfer' | 'supervise' | 'call_out';

/** How far behind an exchange the server is. */
export type Lag = 'ok' | 'slow' | 'stuck';

export interface Desk {
  number: number;
  now: Moment;
  agent: { id: number; name: string; work_number: string; role: string };
  presence: Presence;
  offer: Offer | null;
  call: Call | null;
  board: Board | null;
  exchanges: { exchange_id: string; kind: string; is_up: boolean; lag: Lag; controls: Control[] }[];
  phone_mode: 'browser' | 'http';
  wrap_up_codes: { code: string; name_zh: string; name_en: string }[];
  categories: Category[];
  counties: { code: string; name: string }[];
  not_ready_reasons: string[];
  reason_names?: Record<string, { name_zh: string; name_en: string }>;
  figures: { answered_today: number };
}

export interface PhoneCredentials {
  mode: 'browser' | 'http';
  phone: string;
  secret: string;
  domain: string;
  display_name: string;
  /** Every exchange to register at; none for a phone that is not in the page. */
  lines: { exchange_id: string; socket: string }[];
}

export type OfferEnd = 'answered' | 'caller_gone' | 'missed' | 'withdrawn';

interface FactBodies {
  'desk.presence_changed': { presence: Presence };
  'desk.offer_made': { offer: Offer };
  'desk.offer_ended': { offer_id: number; call_id: number; reason: OfferEnd };
  'desk.offer_answered': Answered;
  'desk.call_answered': { call: Call };
  'desk.call_changed': { call_id: number; state: CallState; state_since: Moment; control?: CallControl };
  'desk.call_ended': { call_id: number; ended_at: Moment; ended_by: string | null };
  'desk.outcome_saved': { call_id: number; outcome: Outcome };
  'desk.recording_linked': { call_id: number; recording: Recording };
  'desk.call_closed': { call_id: number };
  'desk.order_refused': { order_id: number; call_id: number; kind: string; code: string };
  'desk.outcome_missing': { order_id: number; call_id: number; kind: string };
}

export type FactName = keyof FactBodies;

/** One numbered thing that happened; numbers rise by one per agent, without gaps. */
export type Fact = {
  [Name in FactName]: { number: number; name: Name; body: FactBodies[Name]; at: Moment };
}[FactName];

/** What the desk knows: the server's picture, and two memories that only the page keeps. */
export interface DeskState extends Desk {
  /** An offer that ended without an answer, so that the page can say why for a few seconds. */
  ended_offer: { offer_id: number; line_name: string; reason: OfferEnd; at: Moment } | null;
  /** The call before: its recording arrives after the desk is empty again. */
  last_call: Call | null;
}
