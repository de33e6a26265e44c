// What leads to a person in the ticket that is being written, asked for behind the typing. A warning, never a refusal.
import { computed, onScopeDispose, shallowRef, watch } from 'vue';

import type { DeskWire } from './deskWire';
import type { DraftBody } from './draft';
import type { PersonalTrace } from './formTypes';

const AFTER_TYPING_MS = 600;

/** The traces in the ticket's sentences; each text once. */
export function useTraces(wire: DeskWire, draft: DraftBody) {
  const traces = shallowRef<PersonalTrace[]>([]);
  let timer = 0;
  let round = 0;

  const asked = computed(() => {
    if (draft.tab !== 'ticket') return '';
    const { title, content, occurred, respondent, demand, caller_name } = draft.ticket;
    const texts = { title, content, occurred, respondent, demand };
    return Object.values(texts).some((text) => text.trim()) ? JSON.stringify({ ...texts, caller_name }) : '';
  });

  async function ask(texts: string): Promise<void> {
    const mine = ++round;
    try {
      const answer = await wire.traces(JSON.parse(texts) as Record<string, string>);
      if (mine === round) traces.value = answer.traces;
    } catch {
      // what is shown stays shown
    }
  }

  watch(asked, (now) => {
    window.clearTimeout(timer);
    if (now) {
      timer = window.setTimeout(() => void ask(now), AFTER_TYPING_MS);
      return;
    }
    round += 1;
    traces.value = [];
  }, { immediate: true });
  onScopeDispose(() => window.clearTimeout(timer));

  return { traces };
}
