import { nextTick, reactive, ref } from 'vue';
import { expect, test } from 'vitest';

import { line, makeOffer } from '../src/dev/samples';
import type { Pop } from '../src/islands/agent_desk/deskTypes';
import { emptyDraft, isUntouched } from '../src/islands/agent_desk/draft';
import { useProposedKind, withoutProposal } from '../src/islands/agent_desk/useProposedKind';

const pops = (call_id: number, person_kind: string | null): Pop => makeOffer({ call_id, line: { ...line, person_kind } });

function desk(savedAt: string | null = null) {
  const pop = ref<Pop | null>(null);
  const body = reactive(emptyDraft());
  useProposedKind(pop, { body, savedAt: ref(savedAt) });
  return { pop, body };
}

test('a call on the line for enterprises proposes an enterprise, and the agent may say otherwise', async () => {
  const { pop, body } = desk();
  pop.value = pops(1, 'enterprise');
  await nextTick();
  expect(body.ticket.person_kind).toBe('enterprise');

  body.ticket.person_kind = 'individual';
  pop.value = { ...pops(1, 'enterprise') };
  await nextTick();
  expect(body.ticket.person_kind).toBe('individual');
});

test('other lines propose nothing, and a draft that was worked on keeps what it says', async () => {
  const other = desk();
  other.pop.value = pops(2, null);
  await nextTick();
  expect(other.body.ticket.person_kind).toBe('');

  const saved = desk('2026-11-30T02:00:00Z');
  saved.pop.value = pops(3, 'enterprise');
  await nextTick();
  expect(saved.body.ticket.person_kind).toBe('');
});

test('what was only proposed is no work that leaving a call would lose', () => {
  const body = emptyDraft();
  body.ticket.person_kind = 'enterprise';
  expect(isUntouched(withoutProposal(body, 'enterprise'))).toBe(true);
  expect(isUntouched(withoutProposal(body, null))).toBe(false);
});
