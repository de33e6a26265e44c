// Who calls an enterprise's line is proposed to be an enterprise; the agent has the last word.
import { watch, type Ref } from 'vue';

import type { Pop } from './deskTypes';
import type { DraftBody } from './draft';
import type { DraftHandle } from './useDraft';

/** Propose once for each call, and only where nobody has worked on its draft before. */
export function useProposedKind(pop: Readonly<Ref<Pop | null>>, draft: Pick<DraftHandle, 'body' | 'savedAt'>): void {
  watch(() => [pop.value?.call_id ?? null, pop.value?.line.person_kind ?? null] as const, ([, kind]) => {
    if (kind && draft.savedAt.value === null && !draft.body.ticket.person_kind) draft.body.ticket.person_kind = kind;
  }, { immediate: true });
}

/** The draft without what was only proposed. */
export function withoutProposal(body: DraftBody, proposed: string | null | undefined): DraftBody {
  const isProposed = Boolean(proposed) && body.ticket.person_kind === proposed;
  return isProposed ? { ...body, ticket: { ...body.ticket, person_kind: '' } } : body;
}
