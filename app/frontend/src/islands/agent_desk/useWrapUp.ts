// Closing a call: the code, and the next state as it was chosen last, even a moment ago.
import { computed, ref, shallowRef, type Ref } from 'vue';

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
  const chosen = shallowRef<{ call: number | undefined; state: string; reason: string | null; told: Promise<boolean> } | null>(null);
  const callId = () => desk.value?.call?.call_id;
  const isEnded = computed(() => desk.value?.call?.state === 'ended');
  /** Its time ran out before anything was filed: the page stays, and so does the end of its work. */
  const isUnfinished = computed(() => isEnded.value && desk.value?.presence.state === 'not_ready' && desk.value.presence.reason === 'record_unfinished');
  const isOpen = computed(() => (isEnded.value && desk.value?.presence.state === 'wrap_up') || isUnfinished.value);

  function chooseNext(state: string, reason: string | null): void {
    // Out of the wrap-up the server keeps no next state: it is told with the end.
    const told = isUnfinished.value ? Promise.resolve(true) : act(wire.setNextState(state, reason));
    chosen.value = { call: callId(), state, reason, told };
  }
  const nextState = computed(() => {
    const mine = chosen.value?.call === callId() ? chosen.value?.state : undefined;
    return (isUnfinished.value ? mine : undefined) ?? desk.value?.presence.next_state ?? null;
  });
  async function finish(code: string): Promise<void> {
    const id = callId();
    if (id === undefined) return;
    isFinishing.value = true;
    const wasUnfinished = isUnfinished.value;
    const last = chosen.value;
    const mine = last?.call === id && (await last.told) ? last : null;
    if (draft.isDirty.value) await draft.saveNow();
    const isDone = await act(wire.finishWrapUp(id, code, mine?.state ?? desk.value?.presence.next_state ?? 'ready'));
    if (isDone && wasUnfinished && mine?.reason) await act(wire.setPresence('not_ready', mine.reason));
    isFinishing.value = false;
  }
  /** Milliseconds until it ends by itself. */
  const left = computed(() => {
    const { until, state } = desk.value?.presence ?? {};
    return until && state === 'wrap_up' ? Math.max(0, Date.parse(until) - now.value) : null;
  });
  return { isFinishing, isOpen, left, nextState, chooseNext, finish };
}
