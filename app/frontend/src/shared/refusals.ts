// What a refused act says to its person: beside the field where there is one, else in one sentence; and what
// he reads when nobody answered, or when he is no longer signed in.
import { Refused, SignedOut } from './http';

type Translate = (key: string) => string;

export interface Told {
  /** By the name of a field of this form: what stands beside it. */
  fields: Record<string, string>;
  /** What belongs to no field; empty where the fields say it all. */
  general: string;
}

/** The one sentence of whatever went wrong. */
export function sentenceOf(error: unknown, t: Translate): string {
  if (error instanceof SignedOut) return t('link.signed_out');
  return error instanceof Refused && error.refusal.message ? error.refusal.message : t('refused.unreachable');
}

/** Sort what a refusal says to the fields that a form has by these names. */
export function tellRefusal(error: unknown, t: Translate, names: readonly string[]): Told {
  if (!(error instanceof Refused)) return { fields: {}, general: sentenceOf(error, t) };
  const { fields, field, message } = error.refusal;
  const told = Object.fromEntries(Object.entries(fields).map(([name, said]) => [name, said.join(' ')]));
  if (field && !told[field]) told[field] = message;
  const mine = Object.fromEntries(Object.entries(told).filter(([name]) => names.includes(name)));
  const others = Object.entries(told).filter(([name]) => !names.includes(name)).map(([, said]) => said);
  if (!others.length && Object.keys(mine).length) return { fields: mine, general: '' };
  return { fields: mine, general: [...new Set([sentenceOf(error, t), ...others])].join(' ') };
}
