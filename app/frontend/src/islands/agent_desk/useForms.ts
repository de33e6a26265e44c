// Turns the draft into a record or a ticket; a refusal stands beside its field and nothing typed is lost.
import { computed, reactive, ref, shallowRef, watch, type Ref } from 'vue';

import { Refused, SignedOut } from '../../shared/http';
import type { DeskState, Outcome, Suggestion } from './deskTypes';
import type { DeskWire } from './deskWire';
import { TITLE_LIMIT, emptyDemand, MOST_DEMANDS, type DemandFields } from './draft';
import { beyond, lackingGroups, putPlace, titleFrom, triggersIn } from './formRules';
import type { AlikeTicket, KnownPlace } from './formTypes';
import { isSecretType, typeOfNature } from './requestTypes';
import type { DraftHandle } from './useDraft';
import type { Tab, UploadsHandle } from './useUploads';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Saving of both forms, and the towns of the chosen county. */
export function useForms(
  wire: DeskWire, state: Readonly<Ref<DeskState | null>>, draft: DraftHandle, uploads: UploadsHandle, t: Translate,
) {
  const errors = reactive<Record<Tab, Record<string, string[]>>>({ record: {}, ticket: {} });
  const message = ref('');
  const isSaving = ref(false);
  /** The ticket was opened before this request: by another page, or by one whose answer was lost. */
  const wasThere = ref(false);
  /** What the server answered: its news may come later, by a road that is slow or closed. */
  const answer = shallowRef<{ callId: number; outcomes: Outcome[] } | null>(null);
  const towns = shallowRef<{ code: string; name: string }[]>([]);
  /** Articles taken into the form; the list of suggestions may have moved on since. */
  const articles = reactive(new Map<number, Suggestion>());
  const body = draft.body;
  const rules = computed(() => state.value?.form_rules);

  function outcomesOf(tab: Tab): Outcome[] {
    const kinds = tab === 'record' ? ['enquiry'] : ['ticket', 'same_matter'];
    const call = state.value?.call;
    if (!call) return [];
    const isNews = (one: Outcome) => !call.outcomes.some((each) => each.kind === one.kind && each.id === one.id);
    const answered = answer.value?.callId === call.call_id ? answer.value.outcomes.filter(isNews) : [];
    return [...call.outcomes, ...answered].filter((one) => kinds.includes(one.kind));
  }
  function isSaved(tab: Tab): boolean {
    return outcomesOf(tab).length > 0 || uploads.of(tab, state.value?.call?.call_id) !== null;
  }

  /** Going over to the other form takes along what both ask for. */
  function show(tab: Tab): void {
    const { record, ticket } = body;
    const [from, to] = tab === 'ticket' ? [record, ticket] : [ticket, record];
    to.category_code ||= from.category_code;
    to.caller_name ||= from.caller_name;
    if (tab === 'ticket') ticket.content ||= record.note;
    if (body.tab !== tab) message.value = '';
    body.tab = tab;
  }

  /** The sentences beside the fields: what is too long at once, and what the server said. */
  function errorsOf(tab: Tab): Record<string, string[]> {
    return { ...errors[tab], ...tooLong(tab) };
  }
  function tooLong(tab: Tab): Record<string, string[]> {
    const limits = rules.value?.limits[tab] ?? {};
    const texts: [string, unknown, number | undefined][] = Object.entries(body[tab]).map(([name, text]) => [name, text, limits[name]]);
    if (tab === 'ticket') {
      body.further.forEach((one, place) => {
        for (const [name, text] of Object.entries(one)) texts.push([`further-${place}-${name}`, text, limits[name]]);
      });
    }
    return Object.fromEntries(
      texts
        .map(([name, text, limit]) => [name, beyond(text, limit), limit] as const)
        .filter(([, over]) => over > 0)
        .map(([name, over, limit]) => [name, [t('form.too_long', { limit: limit?.toLocaleString('en-US'), over: over.toLocaleString('en-US') })]]),
    );
  }

  /** What the server would miss, for when it cannot be asked. */
  function lackingIn(tab: Tab): Record<string, string[]> {
    const missing = tab === 'record' ? lackingRecord() : lackingTicket();
    return Object.fromEntries(missing.map((name) => [name, [t('form.needed')]]));
  }
  function lackingRecord(): string[] {
    const { record } = body;
    if (!record.result) return ['result'];
    return lackingGroups(rules.value?.results[record.result] ?? [], { ...record }).map((group) => group.at(-1) ?? '');
  }
  function lackingTicket(): string[] {
    const { ticket, further } = body;
    const { elements = {} } = rules.value ?? {};
    const one = (demand: DemandFields, names: string[]) => {
      const needed = ['category_code', 'title', ...names];
      if (demand.urgency === 'normal' && triggersOf(demand).length) needed.push('urgency_reason');
      return lackingGroups(needed.map((name) => [name]), { ...demand }).map(([name = '']) => name);
    };
    const needs = (demand: DemandFields) => elements[demand.request_type] ?? [];
    return [
      ...one(ticket, needs(ticket)),
      ...further.flatMap((demand, place) =>
        one(demand, needs(demand).filter((name) => name === 'demand' || name === 'content')).map((name) => `further-${place}-${name}`)),
    ];
  }

  function nameDemands(): void {
    for (const one of [body.ticket, ...body.further]) one.title ||= titleFrom(one.content, TITLE_LIMIT);
  }

  async function submit(tab: Tab): Promise<void> {
    const id = state.value?.call?.call_id;
    if (id === undefined || isSaving.value || isSaved(tab)) return;
    message.value = '';
    errors[tab] = {};
    if (tab === 'ticket') nameDemands();
    if (Object.keys(tooLong(tab)).length) {
      message.value = t('form.check_fields');
      return;
    }
    isSaving.value = true;
    // One act, one word for it: sent twice it is still one. A call has one record and one act of opening.
    const sent: Record<string, unknown> = tab === 'record'
      ? { ...body.record, once: 'record' }
      : { ...body.ticket, further: body.further.map((one) => ({ ...one })), once: 'ticket' };
    // Its first try was refused after the caller had been told a number: it keeps that number.
    const number = tab === 'ticket' ? uploads.toldOf(id) : null;
    if (number) sent['reserved_number'] = number;
    try {
      if (tab === 'record') keepAnswer(id, [(await wire.saveRecord(id, sent)).outcome]);
      else {
        const opened = await wire.openTicket(id, sent);
        keepAnswer(id, opened.outcomes);
        wasThere.value = opened.was_there;
        await uploads.opened(id, opened.outcome.number);
      }
    } catch (error) {
      await refuse(tab, id, sent, error);
    } finally {
      isSaving.value = false;
    }
  }

  function keepAnswer(callId: number, outcomes: Outcome[]): void {
    const before = answer.value?.callId === callId ? answer.value.outcomes : [];
    answer.value = { callId, outcomes: [...before, ...outcomes] };
  }

  async function refuse(tab: Tab, id: number, sent: Record<string, unknown>, error: unknown): Promise<void> {
    if (error instanceof SignedOut) {
      message.value = t('form.signed_out');
    } else if (error instanceof Refused) {
      showRefusal(tab, error);
    } else {
      // Nobody will check it before the caller is told its number: here it must be whole.
      errors[tab] = lackingIn(tab);
      if (Object.keys(errors[tab]).length) {
        message.value = t('form.check_fields_away');
        return;
      }
      const title = tab === 'ticket' ? body.ticket.title : body.record.note.slice(0, TITLE_LIMIT);
      const kept = await uploads.finish(tab, id, title, sent);
      if (!kept) message.value = t('form.not_saved', { message: t('form.unreachable') });
    }
  }

  function showRefusal(tab: Tab, error: Refused): void {
    const { fields, field, message: said } = error.refusal;
    errors[tab] = { ...fields };
    if (field && !errors[tab][field]) errors[tab][field] = [said];
    message.value = Object.keys(errors[tab]).length ? t('form.check_fields') : t('form.not_saved', { message: said });
  }

  /** The caller asks about a ticket that is there: this call is added to it, and none is opened. */
  async function sameMatter(ticket: AlikeTicket): Promise<void> {
    const id = state.value?.call?.call_id;
    if (id === undefined || isSaving.value || isSaved('ticket')) return;
    isSaving.value = true;
    message.value = '';
    try {
      const { outcome } = await wire.sameMatter(id, { ticket_id: ticket.ticket_id, note: body.ticket.content || body.record.note });
      keepAnswer(id, [outcome]);
    } catch (error) {
      if (error instanceof Refused) showRefusal('ticket', error);
      else message.value = t(error instanceof SignedOut ? 'form.signed_out' : 'form.same_matter_later');
    } finally {
      isSaving.value = false;
    }
  }

  /** Put an article's words where the agent writes, and remember which article it was. */
  function insert(suggestion: Suggestion): void {
    articles.set(suggestion.article_id, suggestion);
    if (body.tab === 'ticket') {
      body.ticket.content = joined(body.ticket.content, suggestion.answer);
      return;
    }
    use(suggestion);
    body.record.result ||= 'answered';
    body.record.note = joined(body.record.note, suggestion.answer);
  }

  /** An article is about something: an agent who has not said it need not say it again. */
  function use(suggestion: Suggestion): void {
    body.record.article_id = suggestion.article_id;
    body.record.category_code ||= suggestion.category_code ?? '';
  }

  async function answered(suggestion: Suggestion): Promise<void> {
    articles.set(suggestion.article_id, suggestion);
    show('record');
    use(suggestion);
    body.record.result = 'answered';
    await submit('record');
  }

  function joined(before: string, added: string): string {
    if (before.includes(added)) return before;
    return before ? `${before}\n${added}` : added;
  }

  /** The caller objects to not being taken up: what was said becomes a ticket, and the hotline reviews it. */
  function review(locale: string): void {
    const { record, ticket } = body;
    const one = rules.value?.exclusions.find((each) => each.code === record.exclusion_code);
    show('ticket');
    ticket.request_type = typeOfNature(rules.value, 'help', ticket.request_type);
    ticket.title ||= t('form.review_title', { name: locale === 'en' ? one?.name_en : one?.name_zh }).slice(0, TITLE_LIMIT);
    ticket.content = joined(ticket.content, [one?.code, record.told_words].filter(Boolean).join(' '));
    ticket.demand ||= t('form.review_demand');
  }

  const takePlace = (place: KnownPlace) => putPlace(body.ticket, place);

  function addDemand(): void {
    if (body.further.length < MOST_DEMANDS - 1) body.further.push({ ...emptyDemand(), request_type: body.ticket.request_type });
  }

  // ---- what follows from the text ----------------------------------------------------------------

  const triggersOf = (one: DemandFields) => triggersIn([one.title, one.content, one.demand], rules.value?.urgency_words ?? []);

  /** A word that was not there before makes it urgent; the agent may take it back and say why. */
  function hurry(one: () => DemandFields | undefined): void {
    watch(() => { const now = one(); return now ? triggersOf(now).join(' ') : ''; }, (now, before) => {
      const demand = one();
      const isNew = now.split(' ').some((word) => word && !before.split(' ').includes(word));
      if (demand && isNew && demand.urgency === 'normal' && !demand.urgency_reason) demand.urgency = 'urgent';
    });
  }
  hurry(() => body.ticket);
  for (let place = 0; place < MOST_DEMANDS - 1; place += 1) hurry(() => body.further[place]);

  watch(() => body.ticket.request_type, (type) => {
    if (isSecretType(rules.value, type)) body.ticket.privacy = 'confidential';
  });
  watch(() => body.record.exclusion_code, (code) => {
    const one = rules.value?.exclusions.find((each) => each.code === code);
    const others = rules.value?.exclusions ?? [];
    if (!one) return;
    const { record } = body;
    // What the agent wrote himself stays; another kind's sentence goes.
    if (!record.told_where || others.some((each) => each.told_where === record.told_where)) record.told_where = one.told_where;
    if (!record.told_words || others.some((each) => each.told_words === record.told_words)) record.told_words = one.told_words;
  });
  watch(() => body.record.result, (result) => {
    if (result !== 'transferred') return;
    body.record.transfer_to ||= state.value?.call?.control.parties.at(-1)?.name ?? '';
  });

  // A field that was corrected loses its reproach.
  for (const tab of ['record', 'ticket'] as const) {
    watch(() => ({ ...body[tab] }) as Record<string, unknown>, (now, before) => {
      for (const name of Object.keys(errors[tab])) {
        if (now[name] !== before[name]) errors[tab][name] = [];
      }
    });
  }
  watch(() => JSON.stringify(body.further), () => {
    for (const name of Object.keys(errors.ticket)) if (name.startsWith('further')) errors.ticket[name] = [];
  });
  watch(draft.callId, () => {
    errors.record = {};
    errors.ticket = {};
    message.value = '';
    wasThere.value = false;
  });
  watch(uploads.refused, (one) => {
    if (one && one.upload.callId === state.value?.call?.call_id) showRefusal(one.upload.kind, one.error);
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

  return {
    errors, errorsOf, message, isSaving, wasThere, towns, articles, outcomesOf, isSaved, show, submit, sameMatter, insert, answered,
    review, takePlace, addDemand, triggersOf,
  };
}

export type FormsHandle = ReturnType<typeof useForms>;
