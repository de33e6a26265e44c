// What the agent writes during a call: one body for both forms, read tolerantly, never thrown away.

export type CallResult = 'answered' | 'told_where' | 'transferred' | 'no_demand' | 'malicious';
/** A code of the dictionary that holds; the server names those of today. */
export type RequestType = string;
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

/** What both versions grew from, and whether a choice made on both is theirs to make. */
export interface MergeTerms {
  base?: DraftBody;
  yields?: boolean;
}

/** Fields that are chosen, not written: of two choices only one can stand. */
const CHOSEN: ReadonlySet<string> = new Set<keyof RecordFields | keyof TicketFields>([
  'category_code', 'article_id', 'result', 'exclusion_code', 'caller_objects', 'was_warned', 'request_type', 'urgency', 'county_code', 'town_code', 'privacy',
  'is_anonymous', 'person_kind', 'gender', 'age_group', 'special_group', 'callback_wanted', 'consent_public', 'coordinates', 'coordinates_source',
]);
/** Fields of several lines; the others have one. */
const LONG: ReadonlySet<string> = new Set<keyof RecordFields | keyof TicketFields>(['note', 'told_words', 'content']);

/**
 * Two versions of one draft, put together: what only one of them changed is as it was changed there.
 *
 * Written on both, both texts stand, theirs first: a refusal `draft-is-newer` brings theirs, and nothing
 * that anybody typed gets lost. A choice made on both stays ours, or theirs with `yields`.
 */
export function mergeDrafts(ours: DraftBody, theirs: DraftBody, { base = emptyDraft(), yields = false }: MergeTerms = {}): DraftBody {
  const fields = <Fields extends object>(own: Fields, other: Fields, before: Fields) => mergeFields(own, other, before, yields);
  return {
    tab: ours.tab,
    record: fields(ours.record, theirs.record, base.record),
    ticket: fields(ours.ticket, theirs.ticket, base.ticket),
    further: mergeDemands(ours.further, theirs.further, base.further, fields),
  };
}

function mergeDemands(
  ours: DemandFields[], theirs: DemandFields[], base: DemandFields[], fields: (own: DemandFields, other: DemandFields, before: DemandFields) => DemandFields,
): DemandFields[] {
  if (isSame(ours, base)) return theirs;
  if (isSame(theirs, base)) return ours;
  const longer = ours.length >= theirs.length ? ours : theirs;
  return longer.map((one, place) => {
    const [own, other] = [ours[place], theirs[place]];
    return own && other ? fields(own, other, base[place] ?? emptyDemand()) : one;
  });
}

function mergeFields<Fields extends object>(ours: Fields, theirs: Fields, base: Fields, yields: boolean): Fields {
  const merged = { ...ours };
  for (const name of Object.keys(ours) as (keyof Fields & string)[]) {
    const [own, other, before] = [ours[name], theirs[name], base[name]];
    if (own === before) merged[name] = other;
    else if (other === before || own === other) continue;
    else if (CHOSEN.has(name)) merged[name] = yields ? other : own;
    else merged[name] = both(String(own), String(other), String(before), LONG.has(name) ? '\n' : '；') as typeof own;
  }
  return merged;
}

/** Both texts: the longer one where it holds the other; a piece of its own that they added stands alone, else all of theirs. */
function both(ours: string, theirs: string, base: string, between: string): string {
  if (ours.includes(theirs)) return ours;
  if (theirs.includes(ours)) return theirs;
  const added = theirs.startsWith(base) ? theirs.slice(base.length) : '';
  if (base && ours.startsWith(base) && /^[\n；]/.test(added)) {
    const piece = added.slice(1);
    return ours.includes(piece) ? ours : `${ours}${between}${piece}`;
  }
  return `${theirs}${between}${ours}`;
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Whether anything was typed at all. */
export function isUntouched(body: DraftBody): boolean {
  return JSON.stringify({ ...body, tab: 'record' }) === JSON.stringify(emptyDraft());
}
