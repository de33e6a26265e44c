// A call leaves the desk for good: what was typed about it and never filed is asked about first.
import type { Ref } from 'vue';

import type { DeskState } from './deskTypes';
import { isUntouched, type DraftBody } from './draft';
import type { DraftHandle } from './useDraft';
import type { FormsHandle } from './useForms';
import { withoutProposal } from './useProposedKind';

export type LeaveChoice = 'file' | 'leave' | 'stay';

interface Surroundings {
  desk: Readonly<Ref<DeskState | null>>;
  draft: DraftHandle;
  forms: FormsHandle;
  ask(): Promise<LeaveChoice>;
}

/** Whether the agent did anything in the forms; the caller's name and what his line says are filled in by themselves. */
function isWorkedAt(written: DraftBody, proposed: string | null | undefined): boolean {
  const body = withoutProposal(written, proposed);
  return !isUntouched({ ...body, record: { ...body.record, caller_name: '' }, ticket: { ...body.ticket, caller_name: '' } });
}

/** Do what ends the work at a call, unless its agent would rather stay with it. */
export function useLeaving({ desk, draft, forms, ask }: Surroundings) {
  function isOpen(): boolean {
    const call = desk.value?.call;
    return call?.state === 'ended' && !forms.isSaved('record') && !forms.isSaved('ticket') && isWorkedAt(draft.body, call.line.person_kind);
  }

  async function mayLeave(): Promise<boolean> {
    if (!isOpen()) return true;
    const choice = await ask();
    if (choice === 'stay') return false;
    // What cannot be saved now is kept, and brought up with the next call.
    if (choice === 'leave') return draft.saveNow().then(() => true);
    await forms.submit(draft.body.tab);
    // Refused: it says why beside its fields, and the call stays.
    return forms.message.value === '';
  }

  return {
    leaveBy: async (go: () => unknown): Promise<void> => {
      if (await mayLeave()) await go();
    },
  };
}
