import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FakeServer } from '../src/dev/fakeServer';
import { makeCall, makeDesk } from '../src/dev/samples';
import { emptyDraft } from '../src/islands/agent_desk/draft';
import { writtenIn } from '../src/islands/agent_desk/draftWords';
import type { DraftHandle } from '../src/islands/agent_desk/useDraft';
import KeptDrafts from '../src/islands/agent_desk/KeptDrafts.vue';
import OtherMachine from '../src/islands/agent_desk/OtherMachine.vue';
import { Refused } from '../src/shared/http';
import { dayAndTime } from '../src/shared/time';
import { openDesk, pass, talking } from './deskPage';
import { textsIn } from './texts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A server that takes no draft of more than ten signs in its note. */
class NarrowServer extends FakeServer {
  override wire(): ReturnType<FakeServer['wire']> {
    const wire = super.wire();
    return {
      ...wire,
      saveDraft: (id, version, body) => {
        const { note } = (body as ReturnType<typeof emptyDraft>).record;
        return note.length > 10 ? Promise.reject(new Refused(422, { code: 'draft-is-too-long' })) : wire.saveDraft(id, version, body);
      },
    };
  }
}

test('a draft that its server would not take says so at the next call, can be read, and is thrown away only by its agent', async () => {
  const server = new NarrowServer();
  const call = makeCall();
  server.desk = makeDesk({ call, presence: talking() });
  const page = await openDesk(server);
  const found = (id: string) => page.find(`[data-testid="${id}"]`);
  await page.find('#record-note').setValue('路灯不亮三天了，请三日内回电');
  await pass(2000);
  server.desk = { ...server.desk, call: null };
  server.tell('desk.call_closed', { call_id: 501 });
  server.presence({ state: 'ready' });
  await pass(2000);

  // Named by what an agent knows of the call, not by our own count of calls.
  expect(found('kept-draft').text()).toContain(`${dayAndTime(call.arrived_at)} 与 139****2817 的通话草稿过长`);
  expect(found('kept-draft').text()).not.toContain('501');
  expect(found('kept-draft').text()).toContain('路灯不亮三天了，请三日内回电');
  await pass(60_000);
  expect(found('kept-draft').exists()).toBe(true);

  await found('kept-draft-discard').trigger('click');
  await pass(100);
  expect(found('kept-draft').exists()).toBe(false);
  page.unmount();
});

test.each([
  [null, 'zh-CN', '较早的通话草稿还没存到服务器'], [null, 'en', 'The draft of an earlier call has not'],
  [{ number: '', at: '2026-11-23T02:41:07Z' }, 'zh-CN', '11/23 10:41 号码未显示的通话草稿还没存到服务器'],
  [{ number: '', at: '2026-11-23T02:41:07Z' }, 'en', 'The draft of the call with a withheld number (11/23 10:41) has not'],
] as const)('a draft of a call without a number to show, or kept by a page of before, is still named in words: %o %s', (of, language, said) => {
  const left = { value: [{ callId: 501, of, why: 'waits', body: emptyDraft() }] };
  const page = mount(KeptDrafts, { props: { draft: { left } as unknown as DraftHandle }, global: { plugins: [textsIn(language)] } });

  expect(page.text()).toContain(said);
});

test.each([[true, '已输入的内容都已保存'], [false, '没存到服务器，请勿关闭']])('a page whose desk is on another machine says whether all of it is saved: %s', (isSaved, said) => {
  const props = { since: null, isSaved, takeBack: () => Promise.resolve() };
  const page = mount(OtherMachine, { props, global: { plugins: [textsIn('zh-CN')] } });

  expect(page.text()).toContain(said);
});

test('what was written is read out field by field, a text of both forms once', () => {
  const body = emptyDraft();
  Object.assign(body.record, { note: '停水', caller_name: '张女士', result: 'answered' });
  Object.assign(body.ticket, { content: '停水三天', caller_name: '张女士' });

  expect(writtenIn(body)).toEqual([
    { field: 'note', text: '停水' }, { field: 'caller_name', text: '张女士' }, { field: 'content', text: '停水三天' },
  ]);
});
