import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { emptyDraft, mergeDrafts, type DraftBody } from '../src/islands/agent_desk/draft';
import { Refused } from '../src/shared/http';
import { memoryVault } from '../src/shared/vault';
import { DraftServer, nextCall, openPage, type Page } from './draftServer';

let server: DraftServer;
let pages: Page[];
const pass = (wait: number) => vi.advanceTimersByTimeAsync(wait);

beforeEach(() => {
  vi.useFakeTimers();
  server = new DraftServer();
  pages = [];
});
afterEach(() => {
  pages.forEach((one) => one.scope.stop());
  vi.useRealTimers();
});

/** A page on a machine of its own. */
async function open(leads = true, vault = memoryVault()): Promise<Page> {
  const page = openPage(server, vault, 501, leads);
  pages.push(page);
  await pass(10);
  return page;
}
function noted(note: string, more: Partial<DraftBody['record']> = {}): DraftBody {
  const body = emptyDraft();
  return { ...body, record: { ...body.record, note, ...more } };
}

test('two machines that write in one field keep both texts, whichever saves last', async () => {
  const [a, b] = [await open(), await open()];
  a.leads.value = false;
  server.fails = new Refused(503, {});
  a.draft.body.record.note = '在A机写的三分钟';
  await pass(700);
  b.draft.body.record.note = 'B机写的';
  server.fails = null;
  await pass(5000);
  b.draft.body.record.note += '，续';
  await pass(5000);

  for (const text of ['在A机写的三分钟', 'B机写的', '，续']) expect(server.noteOf(501)).toContain(text);
  expect(server.noteOf(501)?.match(/B机写的/g)).toHaveLength(1);
  expect([a.draft.isDirty.value, b.draft.isDirty.value]).toEqual([false, false]);
});

test('what was changed there and not touched here stays as it was changed there', () => {
  const base = noted('停水', { caller_name: '张女士', category_code: '0501' });
  const ours = noted('停水', { caller_name: '', category_code: '0501' });
  const theirs = noted('停电', { caller_name: '张女士', category_code: '0702' });

  expect(mergeDrafts(ours, theirs, { base }).record).toMatchObject({ note: '停电', caller_name: '', category_code: '0702' });
});

test('a choice made differently on both is the one of the machine that has the desk', () => {
  const ours = noted('', { result: 'answered' });
  const theirs = noted('', { result: 'no_demand' });

  expect(mergeDrafts(ours, theirs).record.result).toBe('answered');
  expect(mergeDrafts(ours, theirs, { yields: true }).record.result).toBe('no_demand');
});

test('texts of one line are joined in their line, demands one by one', () => {
  const ours = emptyDraft();
  const theirs = emptyDraft();
  ours.ticket.address = '沿江路 8 号';
  theirs.ticket.address = '建设大道 3 号';
  ours.further = [{ ...emptyDraft().ticket, content: '井盖' }];
  theirs.further = [{ ...emptyDraft().ticket, content: '噪音' }, { ...emptyDraft().ticket, content: '路灯' }];

  const merged = mergeDrafts(ours, theirs);
  expect(merged.ticket.address).toBe('建设大道 3 号；沿江路 8 号');
  expect(merged.further.map((one) => one.content)).toEqual(['噪音\n井盖', '路灯']);
});

test('a demand taken out here and untouched there stays out', () => {
  const base = emptyDraft();
  base.further = [{ ...emptyDraft().ticket, content: '井盖' }];

  expect(mergeDrafts(emptyDraft(), structuredClone(base), { base }).further).toEqual([]);
});

test('an old text kept in this browser does not beat what was written at the server since', async () => {
  const vault = memoryVault();
  server.drafts.set(501, { version: 2, body: noted('停水') });
  const first = await open(true, vault);
  server.fails = new Refused(503, {});
  first.draft.body.record.note = '停水，问了两次';
  first.draft.body.record.result = 'answered';
  await pass(1000);
  first.scope.stop();
  server.anotherWrites(501, { note: '停水三天', result: 'no_demand', caller_name: '王先生' });
  server.fails = null;

  const second = await open(true, vault);
  await pass(2000);
  expect(second.draft.body.record).toMatchObject({ result: 'no_demand', caller_name: '王先生' });
  for (const text of ['停水三天', '问了两次']) expect(server.noteOf(501)).toContain(text);
});

test('what was kept on the version that the server has is the newer text, also where it was taken out', async () => {
  const vault = memoryVault();
  server.drafts.set(501, { version: 2, body: noted('停水', { caller_name: '王先生' }) });
  const first = await open(true, vault);
  server.fails = new Refused(503, {});
  first.draft.body.record.caller_name = '';
  await pass(1000);
  first.scope.stop();
  server.fails = null;

  await open(true, vault);
  await pass(2000);
  expect(server.drafts.get(501)?.body.record).toMatchObject({ note: '停水', caller_name: '' });
});

test('a call that comes with what a colleague wrote shows it, beside what was typed while it rang', async () => {
  const page = await open();
  server.anotherWrites(502, { note: '同事记的' });
  const offer = { ...server.desk(502).call, ring_until: '', resumes: false, offer_id: 1 } as unknown as never;
  page.state.value = { ...(page.state.value as NonNullable<typeof page.state.value>), call: null, offer };
  await pass(10);
  page.draft.body.record.note = '振铃时记的';
  nextCall(page, server, 502);
  await pass(3000);

  for (const text of ['同事记的', '振铃时记的']) expect(server.noteOf(502)).toContain(text);
});
