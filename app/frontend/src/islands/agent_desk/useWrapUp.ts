// Closing a call: the code, and the next state as it was chosen last, even a moment ago.
import { computed, ref, type Ref } from 'vue';

import type { DeskState } from './deskTypes';
import type { DeskWire } from './deskWire';
import type { DraftHandle } from './useDraft';

interface Surroundings {
  wire: DeskWire;
  desk: Readonly<Ref<DeskState | null>>;
  now: Readonly<Ref<number>>;
  draft: DraftHandle;
  act(doing: Promise<unknown>): Promise<boolean>;
}

/** What the agent does after a call, and how long he may. */
export function useWrapUp({ wire, desk, now, draft, act }: Surroundings) {
  const isFinishing = ref(false);
  // Chosen and finished in one breath: the choice is on its way, and counts before the end does.
  let chosen: { call: number | undefined; state: string; told: Promise<boolean> } | null = null;
  const callId = () => desk.value?.call?.call_id;

  function chooseNext(state: string, reason: string | null): void {
    chosen = { call: callId(), state, told: act(wire.setNextState(state, reason)) };
  }
  async function finish(code: string): Promise<void> {
    const id = callId();
    if (id === undefined) return;
    isFinishing.value = true;
    const mine = chosen?.call === id && (await chosen.told) ? chosen.state : null;
    if (draft.isDirty.value) await draft.saveNow();
    await act(wire.finishWrapUp(id, code, mine ?? desk.value?.presence.next_state ?? 'ready'));
    isFinishing.value = false;
  }
  /** Milliseconds until it ends by itself. */
  const left = computed(() => {
    const until = desk.value?.presence.until;
    return until ? Math.max(0, Date.parse(until) - now.value) : null;
  });
  return { isFinishing, left, chooseNext, finish };
}
