// The numbers of a caller beside the one he calls from: his own, and those his tickets name. Pure.
import type { Callee, CallerCard } from './deskTypes';

export interface OtherNumber {
  key: string;
  whom: Callee;
  number_shown: string;
  is_contact: boolean;
}

/** As many as stand beside a caller without pushing the forms away. */
const MOST = 4;

/** Whom the agent chose of several, or the only one. */
export function personOf({ persons, chosen_id }: CallerCard): CallerCard['persons'][number] | undefined {
  return persons.find((one) => one.caller_id === chosen_id) ?? (persons.length === 1 ? persons[0] : undefined);
}

/** Each number once; of several persons behind a number, those of the one who was chosen. */
export function otherNumbers(caller: CallerCard): OtherNumber[] {
  const own = (personOf(caller)?.other_numbers ?? []).map((one): OtherNumber => ({
    key: `n${one.number_id}`, whom: { of_number: one.number_id }, number_shown: one.number_shown, is_contact: one.is_contact,
  }));
  const named = caller.open_tickets.filter((one) => one.contact_shown).map((one): OtherNumber => ({
    key: `t${one.ticket_id}`, whom: { of_ticket: one.ticket_id }, number_shown: one.contact_shown, is_contact: true,
  }));
  const all = [...own, ...named];
  return all.filter((one, at) => all.findIndex((other) => other.number_shown === one.number_shown) === at).slice(0, MOST);
}
