// Suggested answers: first those that came with the call, then those that fit what is typed.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';

import type { DeskState, Suggestion } from './deskTypes';
import type { DeskWire } from './deskWire';
import type { DraftBody } from './draft';

const AFTER_TYPING_MS = 500;

/** The suggestions for the call on the desk; `searched` is the text of the search field. */
export function useSuggestions(wire: DeskWire, state: Readonly<Ref<DeskState | null>>, draft: DraftBody) {
  const searched = ref('');
  const found = shallowRef<Suggestion[] | null>(null);
  const isSearching = ref(false);
  const pop = computed(() => state.value?.call ?? state.value?.offer ?? null);
  const shown = computed(() => found.value ?? pop.value?.suggestions ?? []);
  let timer = 0;
  let round = 0;

  const typed = computed(() => {
    if (searched.value.trim()) return searched.value.trim();
    const { record, ticket, tab } = draft;
    const text = tab === 'ticket' ? `${ticket.title} ${ticket.content}` : record.note;
    const code = tab === 'ticket' ? ticket.category_code : record.category_code;
    const category = state.value?.categories.find((one) => one.code === code)?.name ?? '';
    return `${category} ${text}`.trim().slice(0, 200);
  });

  async function ask(text: string): Promise<void> {
    const mine = ++round;
    isSearching.value = true;
    try {
      const answer = await wire.suggestions(text, pop.value?.line.number ?? '');
      if (mine !== round) return;
      // An empty answer to typing keeps what was there; an empty answer to a search is an answer.
      if (answer.suggestions.length || searched.value.trim()) found.value = answer.suggestions;
    } catch {
      // what is shown stays shown
    } finally {
      if (mine === round) isSearching.value = false;
    }
  }

  watch(typed, (text) => {
    window.clearTimeout(timer);
    if (text === '') {
      round += 1;
      found.value = null;
      return;
    }
    timer = window.setTimeout(() => void ask(text), AFTER_TYPING_MS);
  });
  watch(() => pop.value?.call_id, () => {
    searched.value = '';
    found.value = null;
  });
  onScopeDispose(() => window.clearTimeout(timer));

  return { searched, shown, isSearching };
}
