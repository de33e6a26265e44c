// What somebody typed in a draft, field by field: for reading and copying where there is no form. Pure.
import type { DraftBody } from './draft';

/** Fields that are written, not chosen, in the order of the forms; each is named `form.<field>`. */
const WRITTEN = [
  'note', 'told_where', 'told_words', 'transfer_to', 'title', 'content', 'demand', 'occurred', 'respondent', 'address', 'urgency_reason', 'caller_name',
  'contact_number', 'organisation_name', 'credit_code', 'best_time', 'people_count', 'amount', 'grid', 'coordinates',
];

export interface WrittenField {
  field: string;
  text: string;
}

/** Everything that was written; a text that stands in both forms once. */
export function writtenIn(body: DraftBody): WrittenField[] {
  const forms: object[] = [body.record, body.ticket, ...body.further];
  const found = forms.flatMap((form) => {
    const texts = form as Record<string, unknown>;
    return WRITTEN.map((field) => ({ field, text: texts[field] })).filter((one): one is WrittenField => typeof one.text === 'string' && one.text.trim() !== '');
  });
  return found.filter((one, place) => found.findIndex((other) => other.field === one.field && other.text === one.text) === place);
}
