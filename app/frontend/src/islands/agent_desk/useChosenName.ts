// The name of who was chosen stands in the forms until the agent writes another one.
import { watch, type Ref } from 'vue';

import type { Pop } from './deskTypes';
import type { DraftBody } from './draft';

/** Keep the caller's name in both forms at the person chosen for this call. */
export function useChosenName(pop: Readonly<Ref<Pop | null>>, body: DraftBody): void {
  // What we wrote ourselves: only that may be replaced, what was typed is the agent's.
  let prefilled = '';

  watch(() => [pop.value?.call_id, pop.value?.caller.chosen_id ?? null] as const, ([call, id], before) => {
    const name = pop.value?.caller.persons.find((one) => one.caller_id === id)?.name_shown ?? '';
    if (call !== before[0]) prefilled = '';
    for (const form of [body.record, body.ticket]) {
      if (!form.caller_name || form.caller_name === prefilled) form.caller_name = name;
    }
    prefilled = name;
  });
}
