// The types of request that a ticket can be opened with, as the dictionary that holds calls them. Pure.
import type { RequestType } from './draft';
import type { FormRules } from './formTypes';

/** The five of a city without a dictionary; they are called as their natures are. */
const FIVE: readonly RequestType[] = ['consult', 'complaint', 'help', 'suggestion', 'report'];

export interface OfferedType {
  code: RequestType;
  name: string;
  /** Praise, a void call: closed when it is written down, and never dispatched. */
  isCountedOnly: boolean;
}

/** Whether the city keeps this type confidential whatever the caller asks for (rule R20); the server decides again. */
export function isSecretType(rules: FormRules | null | undefined, type: string): boolean {
  const named = rules?.types ?? [];
  return named.length ? named.some((one) => one.code === type && one.is_confidential) : type === 'report';
}

/** What the server names, in its order; where it names none, our own words for the five. */
export function offeredTypes(rules: FormRules, language: string, t: (key: string) => string): OfferedType[] {
  const named = (rules.types ?? []).map(({ code, name_zh, name_en, nature }) => (
    { code, name: language === 'en' ? name_en : name_zh, isCountedOnly: nature === 'statistical' }
  ));
  return named.length ? named : FIVE.map((code) => ({ code, name: t(`request_type.${code}`), isCountedOnly: false }));
}

/** The first type that behaves so, for a form that begins with one; what it was where none does. */
export function typeOfNature(rules: FormRules | null | undefined, nature: string, otherwise: RequestType): RequestType {
  const named = rules?.types ?? [];
  return named.length ? (named.find((one) => one.nature === nature)?.code ?? otherwise) : nature;
}
