// The shapes of what the forms are told and what they send.
import type { Moment } from './deskTypes';

export interface Exclusion {
  code: string;
  name_zh: string;
  name_en: string;
  treatment: string;
  told_where: string;
  told_words: string;
  basis: string;
}

/** The server's own tables: what is marked as needed here is what it asks for. */
export interface FormRules {
  /** By result: groups of fields, one of each must be filled. */
  results: Record<string, string[][]>;
  /** By type of request: the fields of the five elements that it needs. */
  elements: Record<string, string[]>;
  exclusions: Exclusion[];
  /** The types of request that can be chosen, as the dictionary that holds calls them: what each behaves like, and whether it is confidential whatever is asked. */
  types: { code: string; name_zh: string; name_en: string; nature: string; is_confidential: boolean }[];
  /** What may stand beside a ticket's state, and the tags that the city keeps. */
  flags: string[];
  tags: { code: string; name_zh: string; name_en: string }[];
  urgency_words: string[];
  /** The most characters of each field. */
  limits: { record: Record<string, number>; ticket: Record<string, number> };
}

export interface KnownPlace {
  /** Of an entry of the gazetteer. */
  place_id?: number | null;
  county_code: string;
  town_code: string;
  address: string;
  path: string;
  times: number;
  /** What a place of the gazetteer is, and its other names; empty for a town or a learnt address. */
  kind: string;
  also: string;
  /** The functional area that runs the town for its county, or empty. */
  run_by: string;
}

export interface AlikeTicket {
  ticket_id: number;
  number: string;
  title: string | null;
  state: string;
  opened_at: Moment;
  place: string;
  is_same_caller: boolean;
  likeness: number;
}

/** What leads to a person in a text: a number, a card, a plate, a flat, an account. */
export interface PersonalTrace {
  field: string;
  kind: 'phone' | 'identity_card' | 'bank_card' | 'plate' | 'room' | 'email' | 'account' | 'name';
  text: string;
}
