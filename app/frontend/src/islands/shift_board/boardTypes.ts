// The shapes of the shift leader's board as the server sends them. Moments are ISO 8601 in UTC.

export type Moment = string;

/** So many of so many; `value` is null of nothing. */
export interface Share {
  part: number;
  whole: number;
  value: number | null;
}

export interface BoardCall {
  call_id: number;
  dialled_number: string;
  line_name: string;
}

export interface WaitingRow extends BoardCall {
  number_shown: string;
  since: Moment;
  /** The offer that rings for this caller, and at whose desk. */
  offer_id: number | null;
  offered_to: string | null;
}

export interface AgentRow {
  agent_id: number;
  work_number: string;
  name: string;
  state: string;
  reason: string | null;
  since: Moment;
  until: Moment | null;
  next_state: string | null;
  call: (BoardCall & { state: string }) | null;
  can_be_heard: boolean;
  heard_by: { work_number: string; mode: Mode }[];
  /** What somebody should look at. */
  alarms: ('not_ready_too_long' | 'held_too_long' | 'outcome_missing')[];
}

export type Mode = 'listen' | 'whisper' | 'barge';

export interface NumberRow {
  dialled_number: string;
  line_name: string;
  requested: number;
  answered: number;
  missed: number;
  waiting: number;
  in_time: Share;
}

export interface Slot {
  at: Moment;
  requested: number;
  answered: number;
  in_time: Share;
}

export interface Figures {
  connect: Share;
  connect_with_short: Share;
  in_time: Share;
  in_time_without_short: Share;
  missed: number;
  to_call_back: number;
  waits: { answered: number; mean: number | null; median: number | null; ninetieth: number | null };
}

export interface Board {
  /** Which process tells, and how many pictures it has told. */
  stream: string;
  version: number;
  as_of: Moment;
  /** `stands_still`: callers whom somebody free could take, and whom nobody is offered. */
  line: { waiting: number; longest_since: Moment | null; rows: WaitingRow[]; stands_still: number };
  agents: { counts: Record<string, number>; rows: AgentRow[] };
  today_since: Moment;
  policy: { in_time_seconds: number; short_seconds: number; connect_goal: number; in_time_goal: number };
  figures: Figures;
  /** Messages to citizens and units: failed for good, and not sent though it is time. */
  messages: { dead: number; late: number };
  numbers: NumberRow[];
  curve: Slot[];
}

/** Nothing moved: the picture of this version still holds. */
export type Held = Pick<Board, 'stream' | 'version' | 'as_of'>;

/** A code of a list that the city keeps. */
export interface Choice {
  code: string;
  name_zh: string;
  name_en: string;
}

/** Why something is done at another's desk: `why_code` of the city's list, `why` written besides. */
export interface Why {
  why_code: string;
  why: string;
}

/** Another state for somebody else; `reason` of a pause. */
export interface ForcedState extends Why {
  state: string;
  reason: string;
}

/** What the person may do here; the server asks again. */
export interface Rights {
  force: boolean;
  free: boolean;
  supervise: boolean;
  desk: boolean;
  calls: boolean;
  messages: boolean;
}
