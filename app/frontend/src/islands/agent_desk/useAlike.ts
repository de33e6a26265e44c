// Tickets that may be about the same matter, asked for behind the typing.
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue';

import type { DeskState } from './deskTypes';
import type { DeskWire } from './deskWire';
import type { DraftBody } from './draft';
import type { AlikeTicket } from './formTypes';

const AFTER_TYPING_MS = 500;
const LONGEST_TEXT = 200;

/** What looks alike, while the ticket form is open. */
export function useAlike(wire: DeskWire, state: Readonly<Ref<DeskState | null>>, draft: DraftBody) {
  const alike = shallowRef<AlikeTicket[]>([]);
  let timer = 0;
  let round = 0;

  const asked = computed(() => {
    const call = state.value?.call;
    if (!call || draft.tab !== 'ticket') return null;
    const { title, content, category_code, county_code, town_code, address } = draft.ticket;
    const about = {
      text: `${title} ${content}`.trim().slice(0, LONGEST_TEXT), category: category_code, county: county_code, town: town_code,
      address: address.slice(0, LONGEST_TEXT),
    };
    return JSON.stringify([call.call_id, about]);
  });

  async function ask(question: string): Promise<void> {
    const mine = ++round;
    const [id, about] = JSON.parse(question) as [number, Record<string, string>];
    try {
      const answer = await wire.alikeTickets(id, about);
      if (mine === round) alike.value = answer.tickets;
    } catch {
      // what is shown stays shown
    }
  }

  watch(asked, (now, before) => {
    window.clearTimeout(timer);
    if (now === null) {
      round += 1;
      alike.value = [];
      return;
    }
    timer = window.setTimeout(() => void ask(now), before === null ? 0 : AFTER_TYPING_MS);
  }, { immediate: true });
  onScopeDispose(() => window.clearTimeout(timer));

  return { alike };
}
