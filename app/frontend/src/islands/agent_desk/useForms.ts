// Turns the draft into a record or a ticket; a refusal stands beside its field and nothing typed is lost.
import { reactive, ref, shallowRef, watch, type Ref } from 'vue';

import { Refused } from '../../shared/http';
import type { DeskState, Suggestion } from './deskTypes';
import type { DeskWire } from './deskWire';
import type { DraftHandle } from './useDraft';

type Tab = 'record' | 'ticket';
type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Saving of both forms, and the towns of the chosen county. */
export function useForms(wire: DeskWire, state: Readonly<Ref<DeskState | null>>, draft: DraftHandle, t: Translate) {
  const errors = reactive<Record<Tab, Record<string, string[]>>>({ record: {}, ticket: {} });
  const message = ref('');
  const isSaving = ref(false);
  const towns = shallowRef<{ code: string; name: string }[]>([]);
  /** Articles taken into the form; the list of suggestions may have moved on since. */
  const articles = reactive(new Map<number, Suggestion>());
  const body = draft.body;

  function isSaved(tab: Tab): boolean {
    const kind = tab === 'record' ? 'enquiry' : 'ticket';
    return state.value?.call?.outcomes.some((one) => one.kind === kind) ?? false;
  }

  /** Going over to the other form takes along what both ask for. */
  function show(tab: Tab): void {
    const { record, ticket } = body;
    const [from, to] = tab === 'ticket' ? [record, ticket] : [ticket, record];
    to.category_code ||= from.category_code;
    to.caller_name ||= from.caller_name;
    if (tab === 'ticket') ticket.content ||= record.note;
    body.tab = tab;
  }

  async function submit(tab: Tab): Promise<void> {
    const id = state.value?.call?.call_id;
    if (id === undefined || isSaving.value || isSaved(tab)) return;
    isSaving.value = true;
    message.value = '';
    errors[tab] = {};
    try {
      const { outcome } = tab === 'record'
        ? await wire.saveRecord(id, { ...body.record })
        : await wire.openTicket(id, { ...body.ticket });
      saved.value = { callId: id, kind: outcome.kind, number: outcome.number };
    } catch (error) {
      refuse(tab, error);
    } finally {
      isSaving.value = false;
    }
  }
  const saved = ref<{ callId: number; kind: string; number: string | null } | null>(null);

  function refuse(tab: Tab, error: unknown): void {
    if (!(error instanceof Refused)) {
      message.value = t('form.not_saved', { message: t('form.unreachable') });
      return;
    }
    const { fields, field, message: said } = error.refusal;
    errors[tab] = { ...fields };
    if (field && !errors[tab][field]) errors[tab][field] = [said];
    message.value = Object.keys(errors[tab]).length ? t('form.check_fields') : t('form.not_saved', { message: said });
  }

  /** Put an article's words where the agent writes, and remember which article it was. */
  function insert(suggestion: Suggestion): void {
    articles.set(suggestion.article_id, suggestion);
    if (body.tab === 'ticket') {
      body.ticket.content = joined(body.ticket.content, suggestion.answer);
      return;
    }
    body.record.article_id = suggestion.article_id;
    body.record.result ||= 'answered';
    body.record.note = joined(body.record.note, suggestion.answer);
  }

  async function answered(suggestion: Suggestion): Promise<void> {
    articles.set(suggestion.article_id, suggestion);
    show('record');
    body.record.article_id = suggestion.article_id;
    body.record.result = 'answered';
    await submit('record');
  }

  function joined(before: string, added: string): string {
    if (before.includes(added)) return before;
    return before ? `${before}\n${added}` : added;
  }

  // A field that was corrected loses its reproach.
  for (const tab of ['record', 'ticket'] as const) {
    watch(() => ({ ...body[tab] }) as Record<string, unknown>, (now, before) => {
      for (const name of Object.keys(errors[tab])) {
        if (now[name] !== before[name]) errors[tab][name] = [];
      }
    });
  }
  watch(draft.callId, () => {
    errors.record = {};
    errors.ticket = {};
    message.value = '';
    saved.value = null;
  });
  watch(() => body.ticket.county_code, async (county) => {
    towns.value = [];
    if (!county) return;
    try {
      const answer = await wire.places(county);
      if (body.ticket.county_code === county) towns.value = answer.towns;
    } catch {
      // the town stays "not known"; the county alone is enough for a ticket
    }
  }, { immediate: true });

  return { errors, message, isSaving, saved, towns, articles, isSaved, show, submit, insert, answered };
}

export type FormsHandle = ReturnType<typeof useForms>;
