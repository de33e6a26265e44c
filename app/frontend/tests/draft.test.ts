import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, nextTick, ref, shallowRef, type EffectScope } from 'vue';

import { makeCall, makeDesk, makeOffer } from '../src/dev/samples';
import { fromSnapshot } from '../src/islands/agent_desk/applyFact';
import type { DeskState } from '../src/islands/agent_desk/deskTypes';
import type { DeskWire } from '../src/islands/agent_desk/deskWire';
import { emptyDraft, mergeDrafts, readDraft } from '../src/islands/agent_desk/draft';
import { useDraft, type DraftHandle } from '../src/islands/agent_desk/useDraft';
import { Refused, Unreachable } from '../src/shared/http';
import { memoryVault, type Vault } from '../src/shared/vault';

const AT = '2026-11-23T02:41:07Z';
let scope: EffectScope;
let sent: { version: number; body: { record: { note: string } } }[];
let refuse: Error | null;
let vault: Vault;
let atServer: ReturnType<typeof makeDesk>;
const leads = ref<boolean | null>(true);

const wire = {
  snapshot: () => Promise.resolve(atServer),
  saveDraft: (_id: number, version: number, body: unknown) => {
    sent.push({ version, body: body as never });
    return refuse ? Promise.reject(refuse) : Promise.resolve({ version: version + 1, saved_at: AT });
  },
} as unknown as DeskWire;

function open(more: Parameters<typeof makeDesk>[0]): { state: { value: DeskState | null }; draft: DraftHandle } {
  const state = shallowRef<DeskState | null>(fromSnapshot(makeDesk(more), null));
  return { state, draft: scope.run(() => useDraft(wire, state, vault, leads)) as DraftHandle };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vault = memoryVault();
  scope = effectScope();
  sent = [];
  refuse = null;
  leads.value = true;
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

test('typing is saved within two seconds, also while it goes on', async () => {
  const { draft } = open({ call: makeCall() });
  await nextTick();

  for (const text of ['停', '停水', '停水了', '停水了吗', '停水了吗？']) {
    draft.body.record.note = text;
    await vi.advanceTimersByTimeAsync(400);
  }

  expect(sent.length).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(2000);
  expect(sent.at(-1)?.body.record.note).toBe('停水了吗？');
  expect(draft.isDirty.value).toBe(false);
  expect(draft.savedAt.value).toBe(AT);
});

test('a server that is away gets it later, and a reload meanwhile loses nothing', async () => {
  const first = open({ call: makeCall() });
  await nextTick();
  refuse = new Unreachable('away');
  first.draft.body.record.note = '路灯不亮';
  await vi.advanceTimersByTimeAsync(1000);
  expect(first.draft.isFailing.value).toBe(true);

  scope.stop();
  scope = effectScope();
  refuse = null;
  const second = open({ call: makeCall() });
  await vi.advanceTimersByTimeAsync(10);
  expect(second.draft.body.record.note).toBe('路灯不亮');
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent.at(-1)?.body.record.note).toBe('路灯不亮');
  expect(second.draft.isFailing.value).toBe(false);
});

test('a newer draft elsewhere fills in what is empty here, and stands beside what is not', async () => {
  const { draft } = open({ call: makeCall() });
  await nextTick();
  const theirs = { ...emptyDraft(), record: { ...emptyDraft().record, note: 'theirs', caller_name: '王先生' } };
  refuse = new Refused(409, { code: 'draft-is-newer', parameters: { version: 7, body: theirs } });
  draft.body.record.note = 'ours';
  await vi.advanceTimersByTimeAsync(700);
  refuse = null;
  await vi.advanceTimersByTimeAsync(100);

  expect(draft.body.record).toMatchObject({ note: 'theirs\nours', caller_name: '王先生' });
  expect(sent.at(-1)?.version).toBe(7);
});

test('a page that gets the desk back shows what was typed on the other one', async () => {
  const { draft } = open({ call: makeCall() });
  draft.body.record.note = '停水';
  await vi.advanceTimersByTimeAsync(700);
  const theirs = { ...emptyDraft(), record: { ...emptyDraft().record, note: '停水，已报修' } };
  atServer = makeDesk({ call: makeCall({ draft: { version: 9, body: theirs, saved_at: AT } }) });

  leads.value = false;
  await nextTick();
  leads.value = null;
  await nextTick();
  leads.value = true;
  await vi.advanceTimersByTimeAsync(10);

  expect(draft.body.record.note).toBe('停水，已报修');
  draft.body.record.note += '，回电告知';
  await vi.advanceTimersByTimeAsync(700);
  expect(sent.at(-1)).toMatchObject({ version: 9, body: { record: { note: '停水，已报修，回电告知' } } });
});

test('what is typed while it rings is kept and saved after the answer', async () => {
  const { state, draft } = open({ offer: makeOffer() });
  await nextTick();
  draft.body.record.note = '先记一笔';
  await vi.advanceTimersByTimeAsync(3000);
  expect(sent).toEqual([]);

  state.value = { ...(state.value as DeskState), offer: null, call: makeCall() };
  await nextTick();
  await vi.advanceTimersByTimeAsync(100);

  expect(sent[0]?.body.record.note).toBe('先记一笔');
});

test('the next call begins with empty forms', async () => {
  const { state, draft } = open({ call: makeCall() });
  await nextTick();
  draft.body.record.note = 'first';
  await vi.advanceTimersByTimeAsync(2000);

  state.value = { ...(state.value as DeskState), call: makeCall({ call_id: 502 }) };

  expect(draft.body.record.note).toBe('');
});

test('a saved draft of a strange shape is read as far as it goes', () => {
  const read = readDraft({ tab: 'x', record: { note: 5, article_id: 3, result: 'answered' }, ticket: null });

  expect(read.tab).toBe('record');
  expect(read.record).toEqual({ ...emptyDraft().record, article_id: 3, result: 'answered' });
});

test('merging keeps both', () => {
  const ours = emptyDraft();
  ours.record.note = 'a';
  const theirs = emptyDraft();
  theirs.record.note = 'b';
  theirs.ticket.title = 'c';

  expect(mergeDrafts(ours, theirs)).toMatchObject({ record: { note: 'b\na' }, ticket: { title: 'c' } });
});

test('what was typed while it rang is back when the same caller rings again', async () => {
  const offer = makeOffer();
  const { state, draft } = open({ offer });
  await nextTick();
  draft.body.record.note = '我要反映';

  state.value = { ...(state.value as DeskState), offer: null };
  expect(draft.body.record.note).toBe('');
  state.value = { ...(state.value as DeskState), offer };
  await vi.advanceTimersByTimeAsync(10);

  expect(draft.body.record.note).toBe('我要反映');
});

test('another call finds nothing of the one before, which goes to the server and not into the next form', async () => {
  const offer = makeOffer();
  const { state, draft } = open({ offer });
  await nextTick();
  draft.body.record.note = '我要反映';

  state.value = { ...(state.value as DeskState), offer: null };
  state.value = { ...(state.value as DeskState), offer: { ...offer, offer_id: 9002, call_id: 777 } };

  expect(draft.body.record.note).toBe('');
  await vi.advanceTimersByTimeAsync(100);
  expect(draft.body.record.note).toBe('');
  expect(sent.map((one) => one.body.record.note)).toEqual(['我要反映']);
  expect(await vault.names('')).toEqual([]);
});
