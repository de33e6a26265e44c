// What is missing, too long or urgent in what is typed. Pure; the tables come from the server.

import type { TicketFields } from './draft';
import type { KnownPlace } from './formTypes';

/** Put a place that was chosen into a ticket; without an address of its own, what stands there stays. */
export function putPlace(ticket: TicketFields, place: KnownPlace): void {
  ticket.county_code = place.county_code;
  ticket.town_code = place.town_code;
  ticket.address = place.address || ticket.address;
  ticket.place_id = place.place_id ? String(place.place_id) : '';
}

/** The groups of fields of which nothing is filled; `groups` is one row of the server's table. */
export function lackingGroups(groups: readonly string[][], fields: Record<string, unknown>): string[][] {
  return groups.filter((group) => !group.some((name) => isFilled(fields[name])));
}

/** Whether this result or type cannot do without the field. */
export function isNeeded(groups: readonly string[][], name: string): boolean {
  return groups.some((group) => group.length === 1 && group[0] === name);
}

/** How many characters a text has beyond its limit, as the server counts them. */
export function beyond(text: unknown, limit: number | undefined): number {
  if (typeof text !== 'string' || limit === undefined) return 0;
  // A text of so few units cannot be too long: nothing is counted while somebody types a line.
  return text.length <= limit ? 0 : Math.max(0, [...text.trim()].length - limit);
}

/** The words that call for haste, in the order of the rules. */
export function triggersIn(texts: readonly string[], words: readonly string[]): string[] {
  const whole = texts.join('\n');
  return words.filter((word) => whole.includes(word));
}

const SENTENCE_END = /[\u3002\uff01\uff1f\uff1b\n!?;]/;

/** A title out of the first sentence, for an agent who wrote none. */
export function titleFrom(content: string, limit: number): string {
  const first = content.trim().split(SENTENCE_END)[0]?.trim() ?? '';
  return [...first].slice(0, limit).join('');
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' ? value.trim() !== '' : value !== null && value !== undefined && value !== false;
}
