import { expect, test, vi } from 'vitest';

import { ago, makeCall, makeDesk } from '../src/dev/samples';
import { chord, eachTestHasADesk, found, open, page, pass, press, server, talking } from './deskPage';

eachTestHasADesk();
const barState = () => found('bar-state').attributes('data-state');

test('a whole call by keys: ring, answer, record, hang up, wrap up', async () => {
  await open();
  expect(barState()).toBe('ready');
  const before = document.activeElement;

  server.rings();
  await pass(100);
  expect(barState()).toBe('offered');
  expect(found('line-number').text()).toBe('12315');
  expect(found('greeting').text()).toContain('12345');
  expect(document.title).toContain('市场监管热线');
  expect(document.activeElement).toBe(before);

  await press('KeyA', chord);
  await pass(300);
  expect(barState()).toBe('talking');
  expect(server.heard).toContain('answer');

  await press('Digit1', { altKey: true });
  await page.find('#record-category').setValue('yfk');
  await page.find('#record-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  await pass(2000);
  expect(server.drafts.at(-1)).toMatchObject({ record: { category_code: '0501', article_id: 11, result: 'answered' } });
  expect(found('draft-note').text()).toContain('草稿已存');

  await press('Enter', { ctrlKey: true });
  expect(found('saved').text()).toContain('咨询记录已登记');

  await press('Digit1', chord);
  await pass(300);
  expect(barState()).toBe('wrap_up');
  await press('Digit2', { key: '2' });
  await press('KeyN', { altKey: true });
  await pass(300);
  expect(server.heard).toContain('finish ticket ready');
  expect(barState()).toBe('ready');
  expect(found('recordings').find('audio').attributes('src')).toBe('/recordings/3');
});

test('a refusal stands beside its field and nothing typed is lost', async () => {
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
  await open();
  await press('F3');
  await page.find('#ticket-demand').setValue('尽快修好');

  await found('save-ticket').trigger('submit');
  await pass(100);

  expect(page.find('#ticket-content-error').text()).toBe('请填写此项');
  expect(page.find('#ticket-content').attributes('aria-invalid')).toBe('true');
  expect((page.find('#ticket-demand').element as HTMLInputElement).value).toBe('尽快修好');

  await page.find('#ticket-content').setValue('路灯不亮三天');
  expect(page.find('#ticket-content-error').exists()).toBe(false);
});

test('what the server answered counts at once, though its news are late', async () => {
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
  vi.spyOn(server, 'saves').mockImplementation(() => undefined);
  await open();
  await page.find('#record-category').setValue('yfk');
  await page.find('#record-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  await page.find("input[name='record-result'][value='answered']").setValue(true);
  await press('Enter', { ctrlKey: true });
  await pass(100);

  expect(found('saved').text()).toContain('咨询记录已登记');
  expect(found('save-record').exists()).toBe(false);
});

test('a caller who gave up is told for five seconds', async () => {
  await open();
  server.rings();
  await pass(100);

  server.callerGone();
  await pass(300);
  expect(found('offer-ended').text()).toContain('来电人已挂断');

  await pass(5300);
  expect(found('offer-ended').exists()).toBe(false);
});

test('a ring stops by itself at its end, also when nobody says so', async () => {
  await open();
  server.rings();
  await pass(100);
  server.linksDown();

  await pass(19_000);

  expect(found('answer').attributes('aria-disabled')).toBe('true');
  expect(found('link-down').text()).toContain('电话照常可接');
});

test('an agent whose news are cut sees what came of his click', async () => {
  server.desk = makeDesk({ presence: { ...makeDesk().presence, state: 'not_ready' } });
  await open();
  server.newsAreCut();

  await found('go-ready').trigger('click');
  await pass(300);

  expect(found('bar-state').attributes('data-state')).toBe('ready');
});

test('an empty desk teaches, and a missed call says how to go on', async () => {
  server.desk = makeDesk({ presence: { state: 'missed', reason: null, since: ago(3), until: null, next_state: null, next_reason: null, extensions: 0 } });
  await open();

  expect(page.text()).toContain('来电人已回到队首');
  await found('go-ready').trigger('click');
  await pass(300);

  expect(page.text()).toContain('就绪后来电会自动到达这里');
});

test('controls that cannot be used say why', async () => {
  await open();

  expect(found('mute').attributes('aria-disabled')).toBe('true');
  expect(found('mute').attributes('title')).toBe('静音：当前没有通话');
});

test('news that is late is told by the lamp, and by a banner when it is very late', async () => {
  await open();
  expect(found('line-lamp').classes()).toContain('lamp-good');

  server.lags('slow');
  await pass(50);
  expect(found('line-lamp').classes()).toContain('lamp-slow');
  expect(found('line-lamp').attributes('title')).toContain('hy1');
  expect(found('line-stuck').exists()).toBe(false);

  server.lags('stuck');
  await pass(50);
  expect(found('line-stuck').text()).toContain('hy1');

  server.lags('ok');
  await pass(50);
  expect(found('line-lamp').classes()).toContain('lamp-good');
  expect(found('line-stuck').exists()).toBe(false);
});

test('who set the state, to what and why stands at the desk until the agent has seen it', async () => {
  await open();
  server.noticed();
  await pass(50);
  expect(found('notice').text()).toContain('周岚（1001）已把您的状态改为“示忙 · 班长辅导”');
  expect(found('notice-why').text()).toBe('原因：班组会议或培训安排 · 十点前回来');

  server.noticed({ kind: 'offer_freed', line_name: '市场监管热线', why_zh: '', note: '' });
  await pass(50);
  expect(found('notice').text()).toContain('已收回振铃中的来电（市场监管热线）');
  expect(found('notice').text()).toContain('另有 1 条');
  expect(found('notice-why').exists()).toBe(false);

  await found('notice-seen').trigger('click');
  await pass(50);
  expect(server.heard).toContain('see 2');
  await found('notice-seen').trigger('click');
  await pass(50);
  expect(found('notice').exists()).toBe(false);
});

test('a notice that cannot be taken off, because the server is away, stays and says so', async () => {
  await open();
  server.noticed();
  server.linksDown();
  await pass(50);

  await found('notice-seen').trigger('click');
  await pass(50);

  expect(found('notice').exists()).toBe(true);
  expect(found('message').exists()).toBe(true);
});

test('who is the next to be called reads that he is, not that nobody of nought is before him', async () => {
  server.aheadOfMe = 0;
  await open();

  expect(found('why-no-call').text()).toContain('下一通来电先派给您');
});
