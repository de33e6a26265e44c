// The shapes that the server and the desk exchange. Moments are ISO 8601 in UTC.

import type { FormRules } from './formTypes';

export type Moment = string;

export interface Line {
  number: string;
  name: string;
  mode: 'main' | 'merged' | 'dual_number' | 'sub_centre';
  mode_is_sample: boolean;
  greeting: string;
  /** What callers of this line mostly speak. */
  language: string | null;
  /** Who calls this line, where the line says so: proposed to the form. */
  person_kind: string | null;
}

/** An open ticket of a caller; `title` is empty where this agent may not read it. */
export interface OpenTicket {
  ticket_id: number;
  number: string;
  title: string;
  state: string;
  opened_at: Moment;
  is_confidential: boolean;
  /** The masked number to call back on, where it is another than the one that calls; else empty. */
  contact_shown: string;
}

/** Whom to call: a number typed, or what has a number that the page only sees masked. */
export type Callee =
  | { number: string } | { of_call: number } | { of_ticket: number } | { of_number: number } | { of_entry: string };

export interface CallerCard {
  number_shown: string;
  is_withheld: boolean;
  /** Where the number was given out, per language of the page. */
  place: Record<string, string> | null;
  persons: {
    caller_id: number; name_shown: string; language: string | null;
    other_numbers: { number_id: number; number_shown: string; is_contact: boolean }[];
  }[];
  /** Whom the agent chose of several behind the number, for this call only. */
  chosen_id: number | null;
  /** Until when a mark against misuse holds for the number. */
  restricted_until: Moment | null;
  calls_7_days: number;
  open_tickets: OpenTicket[];
  recent_calls: { call_id: number; line_name: string; at: Moment; outcome: string | null; summary: string | null }[];
}

export interface Suggestion {
  article_id: number;
  title: string;
  unit_name: string;
  answer: string;
  basis: string | null;
  valid_until: Moment | null;
  category_code: string | null;
}

/** A part of a pop that was not found in time. */
export type PopPart = 'line' | 'caller' | 'tickets' | 'calls' | 'suggestions';

export interface Pop {
  call_id: number;
  line: Line;
  caller: CallerCard;
  suggestions: Suggestion[];
  arrived_at: Moment;
  missing: PopPart[];
}

export interface Offer extends Pop {
  offer_id: number;
  ring_until: Moment;
  resumes: boolean;
  /** A colleague's call: who brings me in, and what he says of the matter. */
  why: string | null;
  handing: Handing | null;
}

export interface Handing {
  from_name: string;
  from_number: string;
  kind: string;
  summary: string;
}

export interface Outcome {
  kind: 'enquiry' | 'ticket' | 'same_matter';
  id: number;
  number: string | null;
  /** Read out to the caller with the number of his ticket. */
  check_code?: string | null;
}

export interface Recording {
  recording_id: number;
  /** Its place in the talk. */
  segment: number;
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
  handing: Handing | null;
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
  next_reason: string | null;
  /** How often the present wrap-up was extended. */
  extensions: number;
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
  /** Syllables without tones, a blank between them. */
  pinyin: string;
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
  form_rules: FormRules;
  not_ready_reasons: string[];
  reason_names?: Record<string, { name_zh: string; name_en: string }>;
  figures: { answered_today: number };
  messages: Message[];
  notices: Notice[];
  settings: OwnSettings;
  holder: Holder | null;
  may_call_emergencies: boolean;
}

/** A word from desk to desk; `is_help`: to the shift leaders. */
export interface Message {
  message_id: number;
  is_mine: boolean;
  is_help: boolean;
  from_name: string;
  from_number: string;
  to_name: string;
  call_id: number | null;
  text: string;
  sent_at: Moment;
  answer: string | null;
  answered_by: string | null;
  answered_at: Moment | null;
}

/** What somebody else did at this desk; it stands there until its agent has seen it. */
export interface Notice {
  notice_id: number;
  kind: 'state_forced' | 'offer_freed';
  by_name: string;
  by_number: string;
  at: Moment;
  /** Of a forced state: which one, and of a pause its reason. */
  state: string | null;
  reason: string | null;
  /** It holds when the call of that moment is done. */
  is_later: boolean;
  /** Of a freed offer: what its caller had dialled. */
  line_name: string;
  /** Why, in the city's words; empty where none was asked. */
  why_zh: string;
  why_en: string;
  /** What was written besides. */
  note: string;
}

/** What a person has chosen for his desk, on every machine. */
export interface OwnSettings {
  keys: Record<string, string>;
  volume: number;
  text_size: 'normal' | 'large' | 'larger';
  notices: boolean;
  /** Whether `?` and digits alone do something outside fields. */
  single_keys: boolean;
}

/** The machine on which the desk works now. */
export interface Holder {
  machine: string;
  since: Moment;
}

export interface Directory {
  colleagues: { work_number: string; name: string; state: string; can_be_rung: boolean }[];
  entries: {
    code: string; name: string; kind: 'emergency' | 'utility' | 'hotline' | 'unit'; number_shown: string; has_fallback: boolean;
    hands_over: string; is_sample: boolean; is_open: boolean | null; changes_at: Moment | null;
  }[];
  /** The public numbers that a called citizen can be shown, the main one first. */
  shown_numbers: { number: string; name: string }[];
}

export interface MissedCaller {
  call_id: number;
  number_shown: string;
  dialled_number: string;
  line_name: string;
  called_at: Moment;
  waited_seconds: number;
  result: string | null;
  state: 'open' | 'taken' | 'called_back' | 'given_up';
  owner_name: string;
  is_mine: boolean;
  by_name: string;
  at: Moment | null;
  due_at: Moment;
  is_late: boolean;
  tries: number;
  why: string;
}

/** Counts, and seconds by what they were spent on, since midnight. */
export interface OwnDay {
  offered: number; answered: number; called_out: number; missed: number; handled: number;
  rung: number; talk: number; wrap_up: number; ready: number; not_ready: number; beside: number;
  handling_seconds: number | null;
  occupancy: number | null;
  since: Moment;
  as_of: Moment;
}

export interface NoCallVerdict {
  code: string;
  parameters: Record<string, string | number>;
}

export type OfferEnd = 'answered' | 'caller_gone' | 'missed' | 'withdrawn';

/** What an agent left going on for too long. */
export type Reminded = 'hold' | 'recording_pause';

interface FactBodies {
  'desk.presence_changed': { presence: Presence };
  'desk.offer_made': { offer: Offer };
  'desk.pop_renewed': { pop: Pop };
  'desk.caller_chosen': { call_id: number; caller_id: number | null };
  'desk.offer_ended': { offer_id: number; call_id: number; reason: OfferEnd };
  'desk.offer_answered': Answered;
  'desk.call_answered': { call: Call };
  'desk.call_changed': { call_id: number; state: CallState; state_since: Moment; control?: CallControl };
  'desk.call_ended': { call_id: number; ended_at: Moment; ended_by: string | null };
  'desk.outcome_saved': { call_id: number; outcome: Outcome };
  'desk.recording_linked': { call_id: number; recording: Recording };
  'desk.call_closed': { call_id: number };
  'desk.order_refused': { order_id: number; call_id: number; kind: string; code: string };
  'desk.message_told': { message: Message };
  'desk.notice_told': { notice: Notice };
  'desk.notice_seen': { notice_id: number };
  'desk.settings_changed': { settings: OwnSettings };
  'desk.holder_changed': { holder: Holder };
  'desk.reminded': { call_id: number; what: Reminded; seconds: number };
  'desk.outcome_missing': { order_id: number; call_id: number; kind: string };
}

export type FactName = keyof FactBodies;

/** One numbered thing that happened; numbers rise by one per agent, without gaps. */
export type Fact = {
  [Name in FactName]: { number: number; name: Name; body: FactBodies[Name]; at: Moment };
}[FactName];

/** What the desk knows: the server's picture, and the memories that only the page keeps. */
export interface DeskState extends Desk {
  /** A wish that the exchange refused, or of which nothing came: said until the next thing happens. */
  failed_wish: { kind: string; code: string | null; at: Moment } | null;
  /** What this agent was reminded of last. */
  reminder: { call_id: number; what: Reminded; seconds: number; at: Moment } | null;
  /** An offer that ended without an answer, so that the page can say why for a few seconds. */
  ended_offer: { offer_id: number; line_name: string; reason: OfferEnd; at: Moment } | null;
  /** The day of the city for which `figures` count. */
  figures_of: string;
  /** The call before: its recording arrives after the desk is empty again. */
  last_call: Call | null;
}

/**
 * Do it and say whether it was done; a refusal is shown where the agent looks.
 * `isLate`: it waited for its turn, so what was said in the meantime stays.
 */
export type ActOn = (doing: Promise<unknown>, how?: { isLate?: boolean }) => Promise<boolean>;
