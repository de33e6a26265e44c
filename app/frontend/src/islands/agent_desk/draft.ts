// What the agent writes during a call: one body for both forms, read tolerantly, never thrown away.

export type CallResult = 'answered' | 'told_where' | 'transferred' | 'no_demand' | 'malicious';
export type RequestType = 'consult' | 'complaint' | 'help' | 'suggestion' | 'report';
export type PrivacyLevel = 'open' | 'ordinary' | 'confidential';
export type Urgency = 'normal' | 'urgent' | 'very_urgent';

export interface RecordFields {
  category_code: string;
  article_id: number | null;
  result: CallResult | '';
  exclusion_code: string;
  told_where: string;
  told_words: string;
  caller_objects: boolean;
  was_warned: boolean;
  transfer_to: string;
  note: string;
  caller_name: string;
}

/** One demand; a call may bring several, each a ticket of its own. */
export interface DemandFields {
  request_type: RequestType;
  category_code: string;
  title: string;
  content: string;
  demand: string;
  urgency: Urgency;
  urgency_reason: string;
}

/** Who asks and how far the matter goes, in words: what was not asked is empty. */
export interface DetailFields {
  person_kind: string;
  identity_number: string;
  gender: string;
  age_group: string;
  organisation_name: string;
  credit_code: string;
  special_group: string;
  callback_wanted: string;
  best_time: string;
  consent_public: string;
  people_count: string;
  amount: string;
  grid: string;
  coordinates: string;
  coordinates_source: string;
  /** Codes with blanks between. */
  flags: string;
  tags: string;
}

export interface TicketFields extends DemandFields, DetailFields {
  occurred: string;
  respondent: string;
  county_code: string;
  town_code: string;
  address: string;
  /** The entry of the gazetteer that was taken for the address. */
  place_id: string;
  caller_name: string;
  contact_number: string;
  privacy: PrivacyLevel;
  is_anonymous: boolean;
}

export interface DraftBody {
  tab: 'record' | 'ticket';
  record: RecordFields;
  ticket: TicketFields;
  /** Demands beside the ticket's own. */
  further: DemandFields[];
}

export const TITLE_LIMIT = 50;
export const MOST_DEMANDS = 6;

export function emptyDemand(): DemandFields {
  return {
    request_type: 'complaint', category_code: '', title: '', content: '', demand: '', urgency: 'normal', urgency_reason: '',
  };
}

function emptyDetails(): DetailFields {
  return {
    person_kind: '', identity_number: '', gender: '', age_group: '', organisation_name: '', credit_code: '', special_group: '', callback_wanted: '', best_time: '', consent_public: '',
    people_count: '', amount: '', grid: '', coordinates: '', coordinates_source: '', flags: '', tags: '',
  };
}
export const DETAIL_FIELDS = Object.keys(emptyDetails()) as (keyof DetailFields)[];

/** An untouched draft. */
export function emptyDraft(): DraftBody {
  return {
    tab: 'record',
    record: {
      category_code: '', article_id: null, result: '', exclusion_code: '', told_where: '', told_words: '', caller_objects: false, was_warned: false,
      transfer_to: '', note: '', caller_name: '',
    },
    ticket: {
      ...emptyDemand(), ...emptyDetails(), occurred: '', respondent: '', county_code: '', town_code: '',
      address: '', place_id: '', caller_name: '', contact_number: '', privacy: 'ordinary', is_anonymous: false,
    },
    further: [],
  };
}

/** Read what was saved; what is missing or of a strange kind falls back to empty. */
export function readDraft(body: unknown): DraftBody {
  const saved = (body ?? {}) as Partial<Record<keyof DraftBody, unknown>>;
  const empty = emptyDraft();
  const further = Array.isArray(saved.further) ? saved.further.slice(0, MOST_DEMANDS - 1) : [];
  return {
    tab: saved.tab === 'ticket' ? 'ticket' : 'record',
    record: fill(empty.record, saved.record),
    ticket: withLevel(fill(empty.ticket, saved.ticket), saved.ticket),
    further: further.map((one) => fill(emptyDemand(), one)),
  };
}

/** A draft from before there were three levels says only whether it was confidential. */
function withLevel(ticket: TicketFields, saved: unknown): TicketFields {
  const before = saved as { is_confidential?: unknown } | null | undefined;
  return before?.is_confidential === true ? { ...ticket, privacy: 'confidential' } : ticket;
}

function fill<Fields extends object>(empty: Fields, saved: unknown): Fields {
  const filled = { ...empty };
  for (const name of Object.keys(empty) as (keyof Fields)[]) {
    const value = (saved as Partial<Fields> | null | undefined)?.[name];
    const isArticle = name === 'article_id' && typeof value === 'number';
    if (isArticle || typeof value === typeof empty[name]) filled[name] = value as Fields[typeof name];
  }
  return filled;
}

/**
 * Two versions of one draft: ours stays, and where ours says nothing theirs fills in.
 *
 * A refusal `draft-is-newer` brings theirs; nothing that anybody typed gets lost.
 */
export function mergeDrafts(ours: DraftBody, theirs: DraftBody): DraftBody {
  const untouched = emptyDraft();
  return {
    tab: ours.tab,
    record: mergeFields(untouched.record, ours.record, theirs.record),
    ticket: mergeFields(untouched.ticket, ours.ticket, theirs.ticket),
    further: ours.further.length ? ours.further : theirs.further,
  };
}

function mergeFields<Fields extends object>(untouched: Fields, ours: Fields, theirs: Fields): Fields {
  const merged = { ...ours };
  for (const name of Object.keys(ours) as (keyof Fields)[]) {
    if (ours[name] === untouched[name]) merged[name] = theirs[name];
  }
  return merged;
}

/** Whether anything was typed at all. */
export function isUntouched(body: DraftBody): boolean {
  return JSON.stringify({ ...body, tab: 'record' }) === JSON.stringify(emptyDraft());
}
