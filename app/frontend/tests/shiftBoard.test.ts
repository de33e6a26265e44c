// The board on the page, on a server that lives in the test.
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Board } from '../src/islands/shift_board/boardTypes';
import type { BoardNews, BoardWire } from '../src/islands/shift_board/boardWire';
import ShiftBoard from '../src/islands/shift_board/ShiftBoard.vue';
import { Refused, SignedOut } from '../src/shared/http';
import { textsIn } from './texts';

const start = Date.parse('2026-11-23T02:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const share = { part: 96, whole: 100, value: 0.96 };

function board(change: Partial<Board> = {}): Board {
  return {
    stream: 'a', version: 1, as_of: at(0),
    line: {
      waiting: 1, longest_since: at(-20), stands_still: 0,
      rows: [{ call_id: 5, dialled_number: '12315', line_name: '市场监管热线', number_shown: '139****2817', since: at(-20), offer_id: 9, offered_to: '1006' }],
    },
    agents: {
      counts: { talking: 1 },
      rows: [{
        agent_id: 6, work_number: '1006', name: '张三', state: 'talking', reason: null, since: at(-60), until: null, next_state: null,
        call: { call_id: 5, dialled_number: '12315', line_name: '', state: 'talking' }, can_be_heard: true, heard_by: [], alarms: [],
      }],
    },
    today_since: at(-36_000),
    policy: { in_time_seconds: 15, short_seconds: 5, connect_goal: 0.95, in_time_goal: 0.8 },
    figures: {
      connect: share, connect_with_short: share, in_time: share, in_time_without_short: share, missed: 2, to_call_back: 1,
      waits: { answered: 96, mean: 7, median: 5, ninetieth: 14 },
    },
    messages: { dead: 0, late: 0 }, numbers: [], curve: [], ...change,
  };
}

class TestServer {
  news: BoardNews | null = null;
  heard: string[] = [];
  refusal: Error | null = null;
  isSignedOut = false;

  private async hear(what: string): Promise<void> {
    this.heard.push(what);
    if (this.refusal) throw this.refusal;
  }

  wire(): BoardWire {
    return {
      snapshot: async () => {
        if (this.isSignedOut) throw new SignedOut('/board/snapshot');
        return board();
      },
      phone: () => Promise.reject(new Error('no phone in this test')),
      forceState: (agentId, body) => this.hear(`force ${agentId} ${body.state} ${body.reason} ${body.why_code} ${body.why}`),
      freeOffer: (offerId, { why_code, why }) => this.hear(`free ${offerId} ${why_code} ${why}`.trim()),
      supervise: (callId, mode) => this.hear(`${mode} ${callId}`),
      stopSupervising: (callId) => this.hear(`stop ${callId}`),
      answer: (callId) => this.hear(`answer ${callId}`),
      listen: (news) => {
        this.news = news;
        return { takePhone: () => undefined, again: () => this.heard.push('again'), close: () => undefined };
      },
    };
  }
}

const PAUSES = [{ code: 'tea', name_zh: '茶歇', name_en: 'Tea' }];
const FREEING = [{ code: 'not_at_desk', name_zh: '话务员暂时离席', name_en: 'Not at the desk just now' }];
const FORCING = [{ code: 'peak', name_zh: '话务高峰调度', name_en: 'Needed in a rush' }];

let server: TestServer;
let page: VueWrapper;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  server = new TestServer();
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
  page = mount(ShiftBoard, {
    props: { root: '', site_name: '12345', is_big: false, own_number: '1001', pauses: PAUSES, forcing: FORCING, freeing: FREEING, may: { force: true, free: true, supervise: true, desk: true, calls: true, messages: true }, wire: server.wire() },
    global: { plugins: [textsIn('zh-CN')], stubs: { DayCurve: true } },
    attachTo: document.body,
  });
});
afterEach(() => {
  page.unmount();
  vi.useRealTimers();
});

const part = (id: string) => page.find(`[data-testid="${id}"]`);

async function tell(one: Board): Promise<void> {
  server.news?.board(one);
  await flushPromises();
}

test('that data are late is told to a screen reader once, not every second', async () => {
  await tell(board());
  const told = () => part('late-told').text();
  expect([part('late-told').attributes('role'), told()]).toEqual(['alert', '']);

  await vi.advanceTimersByTimeAsync(3400);
  const first = told();
  expect(first).toContain('数据延迟');
  await vi.advanceTimersByTimeAsync(4000);

  expect(told()).toBe(first);
  expect(part('late').text()).toContain('数据延迟 7 秒');
  expect(part('late').attributes()).toMatchObject({ 'aria-hidden': 'true' });
  expect(part('late').attributes('role')).toBeUndefined();
});

test('data that nobody vouches for are called late after three seconds, and no sooner', async () => {
  await tell(board());
  await vi.advanceTimersByTimeAsync(2900);
  expect(part('late').exists()).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  expect(part('late').text()).toContain('数据延迟 3 秒');

  server.news?.holds({ stream: 'a', version: 1, as_of: at(3.4) });
  await flushPromises();
  expect(part('late').exists()).toBe(false);
});

test('a picture that we do not have holds: the board connects anew', async () => {
  await tell(board());
  server.news?.holds({ stream: 'a', version: 2, as_of: at(1) });
  expect(server.heard).toEqual(['again']);
});

test('messages that failed or are late light a lamp that leads to them', async () => {
  await tell(board());
  expect(part('messages').exists()).toBe(false);
  await tell(board({ version: 2, messages: { dead: 3, late: 1 } }));
  expect(part('messages').text()).toContain('3 条通知发送失败 · 1 条通知过了应发时间仍未发出');
  expect(part('messages').find('a').attributes('href')).toBe('/messages?state=dead');
});

test('timers run on between two pictures', async () => {
  await tell(board());
  expect(page.find('[data-figure="longest"] .tile-value').text()).toBe('0:20');
  await vi.advanceTimersByTimeAsync(2000);
  expect(page.find('[data-figure="longest"] .tile-value').text()).toBe('0:22');
});

test('a ring is taken back by a click on the reason, and a refusal is shown beside it', async () => {
  await tell(board());
  await part('free').trigger('click');
  await flushPromises();
  expect(server.heard).toEqual([]);
  await page.find('#free-why').setValue('去打印');
  await part('free-not_at_desk').trigger('click');
  await flushPromises();
  expect(server.heard).toEqual(['free 9 not_at_desk 去打印']);

  await part('free').trigger('click');
  await flushPromises();
  server.refusal = new Refused(409, { message: '这次派话已接听' });
  await part('free-not_at_desk').trigger('click');
  await flushPromises();
  expect(part('free-dialog').find('[role="alert"]').text()).toBe('这次派话已接听');
});

test('a state is not set without a reason, and what the server refuses stands beside its field', async () => {
  await tell(board());
  await part('force').trigger('click');
  await flushPromises();
  await part('force-dialog').find('form').trigger('submit');
  expect(server.heard).toEqual([]);
  expect(part('force-dialog').find('[role="alert"]').text()).toBe('请选择更改原因');
  expect(page.find('#force-reason').text()).toBe('茶歇');

  server.refusal = new Refused(422, { message: 'x', fields: { why: ['太长'] } });
  await page.find('#force-why-code').setValue('peak');
  await page.find('#force-why').setValue('交班');
  await part('force-dialog').find('form').trigger('submit');
  await flushPromises();
  expect(server.heard).toEqual(['force 6 not_ready tea peak 交班']);
  expect(part('force-dialog').find('[role="alert"]').text()).toBe('太长');
});

test('a refused reason for taking back a ring stands beside its field', async () => {
  await tell(board());
  await part('free').trigger('click');
  await flushPromises();
  server.refusal = new Refused(422, { message: 'x', fields: { why: ['太长'] } });

  await part('free-not_at_desk').trigger('click');
  await flushPromises();

  const field = page.find('#free-why');
  expect(field.attributes('aria-invalid')).toBe('true');
  const told = (field.attributes('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
  expect(told).toContain('太长');
  expect(part('free-dialog').findAll('[role="alert"]')).toHaveLength(1);
});

test('a leader whose session ended reads that in either dialog, not that the server is away', async () => {
  await tell(board());
  server.refusal = new SignedOut('/queue');
  await part('free').trigger('click');
  await flushPromises();
  await part('free-not_at_desk').trigger('click');
  await flushPromises();
  expect(part('free-dialog').find('[role="alert"]').text()).toContain('登录已失效');

  await part('force').trigger('click');
  await flushPromises();
  await page.find('#force-why-code').setValue('peak');
  await part('force-dialog').find('form').trigger('submit');
  await flushPromises();
  expect(part('force-dialog').find('[role="alert"]').text()).toContain('登录已失效');
});

test('whom I hear stands below with the way to whisper, to barge in and to leave', async () => {
  const one = board();
  const [row] = one.agents.rows;
  if (row) row.heard_by = [{ work_number: '1001', mode: 'listen' }];
  await tell(one);
  expect(part('listening').text()).toContain('正在旁听 1006 张三');

  await part('mode-whisper').trigger('click');
  await flushPromises();
  await part('stop').trigger('click');
  await flushPromises();
  expect(server.heard).toEqual(['whisper 5', 'stop 5']);
});

test('a session that ended is said, and the board asks no more', async () => {
  await tell(board());
  server.isSignedOut = true;
  server.news?.refused();
  await flushPromises();
  expect(part('signed-out').exists()).toBe(true);
});

test('what somebody should look at stands with the agent, in words', async () => {
  const [row] = board().agents.rows;
  await tell(board({ agents: { counts: { talking: 1 }, rows: [{ ...row!, alarms: ['held_too_long', 'outcome_missing'] }] } }));

  expect(page.findAll('[data-testid="alarm"]').map((one) => one.text())).toEqual(['保持过久', '操作没有结果']);
});

test('a line that stands still is an alarm in words', async () => {
  await tell(board());
  expect(part('stands-still').exists()).toBe(false);

  await tell(board({ version: 2, line: { ...board().line, stands_still: 2 } }));
  expect(part('stands-still').text()).toContain('2 名来电人在等');
});
