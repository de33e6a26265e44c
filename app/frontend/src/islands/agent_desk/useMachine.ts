// The desk works on one machine: the last one its agent sat down at. Others let go of the phone and say why.
import { computed, ref, watch, type Ref } from 'vue';

import type { DeskState } from './deskTypes';
import type { DeskWire } from './deskWire';
import { thisMachine } from './machine';

/** `leadsBrowser`: this tab leads in its browser. `leads`: and its machine has the desk. */
export function useMachine(wire: DeskWire, desk: Readonly<Ref<DeskState | null>>, leadsBrowser: Readonly<Ref<boolean | null>>) {
  const machine = thisMachine();
  const isTaken = ref(false);
  const holder = computed(() => desk.value?.holder ?? null);
  const isElsewhere = computed(() => isTaken.value && holder.value !== null && holder.value.machine !== machine);
  const leads = computed(() => {
    if (!leadsBrowser.value) return leadsBrowser.value;
    return isTaken.value ? !isElsewhere.value : null;
  });

  /** Sitting down takes the desk once, when the page opens; afterwards only a person takes it back. */
  async function take(): Promise<void> {
    try {
      await wire.takeDesk(machine);
    } catch {
      // The server is away: the phone rings all the same, and the next page that opens settles it.
    }
    if (desk.value && holder.value?.machine !== machine) await waitForTheFact();
    isTaken.value = true;
  }

  /** The fact comes by the other road: a page must not call itself displaced by the news before it. */
  function waitForTheFact(): Promise<void> {
    return new Promise((resolve) => {
      const patience = window.setTimeout(done, 1500);
      const stop = watch(holder, (now) => {
        if (now?.machine === machine) done();
      });
      function done(): void {
        window.clearTimeout(patience);
        stop();
        resolve();
      }
    });
  }

  watch([leadsBrowser, () => desk.value !== null], ([mayLead, isOpen]) => {
    if (mayLead && isOpen && !isTaken.value) void take();
  }, { immediate: true });

  return { leads, isElsewhere, since: computed(() => holder.value?.since ?? null), takeBack: () => wire.takeDesk(machine) };
}
