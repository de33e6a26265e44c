// What the agent writes during a call: one body for both forms, read tolerantly, never thrown away.

export type CallResult = 'answered' | 'told_where' | 'transferred' | 'no_demand' | 'malicious';

export interface RecordFields {
  category_code: string;
  article_id: number | null;
  result: CallResult | '';
  told_where: string;
  note: string;
  caller_name: string;
}

export interface TicketFields {
  request_type: 'consult' | 'complaint' | 'help' | 'suggestion' | 'report';
  title: string;
  content: string;
  category_code: string;
  county_code: string;
  town_code: string;
  address: string;
  caller_name: string;
  contact_number: string;
  urgency: 'normal' | 'urgent';
  is_confidential: boolean;
}

export interface DraftBody {
  tab: 'record' | 'ticket';
  record: RecordFields;
  ticket: TicketFields;
}

export const TITLE_LIMIT = 50;

/** An untouched draft. */
export function emptyDraft(): DraftBody {
  return {
    tab: 'record',
    record: { category_code: '', article_id: null, result: '', told_where: '', note: '', caller_name: '' },
    ticket: {
      request_type: 'complaint', title: '', content: '', category_code: '', county_code: '', town_code: '',
      address: '', caller_name: '', contact_number: '', urgency: 'normal', is_confidential: false,
    },
  };
}

/** Read what was saved; what is missing or of a strange kind falls back to empty. */
export function readDraft(body: unknown): DraftBody {
  const saved = (body ?? {}) as Partial<Record<keyof DraftBody, unknown>>;
  const empty = emptyDraft();
  return {
    tab: saved.tab === 'ticket' ? 'ticket' : 'record',
    record: fill(empty.record, saved.record),
    ticket: fill(empty.ticket, saved.ticket),
  };
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
