// The types of request that a ticket can be opened with, as the dictionary that holds calls them. Pure.
import type { RequestType } from './draft';
import type { FormRules } from './formTypes';

const KNOWN: readonly RequestType[] = ['consult', 'complaint', 'help', 'suggestion', 'report'];

export interface OfferedType {
  code: RequestType;
  name: string;
}

/** Whether the city keeps this type confidential whatever the caller asks for (rule R20); the server decides again. */
export function isSecretType(rules: FormRules | null | undefined, type: string): boolean {
  const named = rules?.types ?? [];
  return named.length ? named.some((one) => one.code === type && one.is_confidential) : type === 'report';
}

/** What the server names, in its order; where it names none, our own words for the five that forms know. */
export function offeredTypes(rules: FormRules, language: string, t: (key: string) => string): OfferedType[] {
  const named = (rules.types ?? []).flatMap(({ code, name_zh, name_en }) => {
    const known = KNOWN.find((one) => one === code);
    return known ? [{ code: known, name: language === 'en' ? name_en : name_zh }] : [];
  });
  return named.length ? named : KNOWN.map((code) => ({ code, name: t(`request_type.${code}`) }));
}
