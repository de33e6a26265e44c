import { beforeEach, expect, test } from 'vitest';

import { ago, makeCall, makeDesk } from '../src/dev/samples';
import { memoryVault, type Vault } from '../src/shared/vault';
import { eachTestHasADesk, found, open as openDesk, page, pass, server, talking } from './deskPage';

eachTestHasADesk();
let vault: Vault;
beforeEach(() => {
  vault = memoryVault();
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
});

const value = (id: string) => (page.find(`#${id}`).element as HTMLInputElement).value;
const open = () => openDesk({ vault });
async function openTicket(): Promise<void> {
  await found('tab-ticket').trigger('click');
  await pass(50);
}
async function fill(fields: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(fields)) await page.find(`#ticket-${name}`).setValue(text);
  await pass(50);
}
async function submit(tab = 'ticket'): Promise<void> {
  await found(`save-${tab}`).trigger('submit');
  await pass(200);
}
const whole = { category: '', content: '沿江路三盏路灯坏了。一周了', demand: '尽快修好', occurred: '一周前', respondent: '路灯所', county: '441602' };

test('what is typed right behind the key of a form goes into that form', async () => {
  await open();

  for (const [code, field] of [['F3', 'ticket-content'], ['F2', 'record-category']] as const) {
    window.dispatchEvent(new KeyboardEvent('keydown', { code, key: code }));
    for (let ticks = 0; ticks < 6; ticks += 1) await Promise.resolve();

    expect(document.activeElement?.id).toBe(field);
  }
});

test('a word that calls for haste marks the ticket urgent and says which word it was', async () => {
  await open();
  await openTicket();
  await fill({ content: '路灯杆漏电' });

  expect(value('ticket-urgency')).toBe('urgent');
  expect(found('ticket-trigger').text()).toContain('漏电');

  await fill({ urgency: 'normal' });
  expect(page.find('#ticket-urgency-reason').exists()).toBe(true);
  await page.find('#ticket-urgency-reason').setValue('已断电');
  await fill({ content: '路灯杆漏电，已断电' });
  expect(value('ticket-urgency')).toBe('normal');
});

test('what was said to hurry most of all is not lowered by another word', async () => {
  await open();
  await openTicket();
  await fill({ urgency: 'very_urgent' });
  await fill({ content: '路灯杆漏电' });

  expect(value('ticket-urgency')).toBe('very_urgent');
});

test('a report is confidential by itself, and what gives its caller away is pointed at', async () => {
  await open();
  await openTicket();
  await page.find("input[name='ticket-type'][value='report']").setValue(true);
  server.traces = [{ field: 'content', kind: 'phone', text: '13900002817' }];
  await fill({ content: '有人无证经营，我的电话 13900002817' });
  await pass(700);

  const level = found('privacy').element as HTMLSelectElement;
  expect([level.value, level.disabled]).toEqual(['confidential', true]);
  expect(found('traces').text()).toContain('电话号码 13900002817');
  expect(found('traces').text()).toContain('承办单位不会看到');
});

test('praise says that it is counted only', async () => {
  await open();
  await openTicket();
  expect(page.find('[data-testid="counted-only"]').exists()).toBe(false);

  await page.find("input[name='ticket-type'][value='praise']").setValue(true);
  expect(found('counted-only').text()).toContain('不派单');
});

test('where the type that a form begins with has ended, another one is asked for', async () => {
  const { form_rules } = server.desk;
  form_rules.types = form_rules.types.filter((one) => one.code !== 'complaint');
  await open();
  await openTicket();
  expect(found('type-ended').text()).toContain('已停用');

  await page.find("input[name='ticket-type'][value='help']").setValue(true);
  expect(page.find('[data-testid="type-ended"]').exists()).toBe(false);
});

test('personal data in an ordinary ticket is a warning, and an anonymous caller leaves no name', async () => {
  server.traces = [{ field: 'content', kind: 'plate', text: '粤P12345' }];
  await open();
  await openTicket();
  await fill({ content: '粤P12345 乱停' });
  await pass(700);

  expect((found('privacy').element as HTMLSelectElement).value).toBe('ordinary');
  expect(found('traces').text()).toContain('会随工单派出');
  await found('anonymous').setValue(true);
  expect((page.find('#ticket-caller-name').element as HTMLInputElement).disabled).toBe(true);
  expect((page.find('#ticket-contact').element as HTMLInputElement).disabled).toBe(true);
});

test('two towns of one name are told apart by their county, and the chosen one fills the place', async () => {
  server.known = [
    { county_code: '441622', town_code: '441622127', address: '', path: '龙川县 上坪镇', times: 0, kind: '', also: '', run_by: '' },
    { county_code: '441623', town_code: '441623101', address: '', path: '连平县 上坪镇', times: 0, kind: '', also: '', run_by: '' },
  ];
  await open();
  await openTicket();
  await fill({ address: '上坪' });
  await pass(400);

  const offered = page.findAll('[data-testid="known-place"]');
  expect(offered.map((one) => one.text())).toEqual(['龙川县 上坪镇', '连平县 上坪镇']);
  await offered[0]?.trigger('mousedown');
  await pass(100);
  expect(value('ticket-county')).toBe('441622');
});

test('several demands go up in one act, each with a text of its own', async () => {
  await open();
  await openTicket();
  await fill(whole);
  await found('add-demand').trigger('click');
  await page.find('#further-0-content').setValue('人行道井盖松动');
  await page.find('#further-0-demand').setValue('更换');
  expect(found('save-ticket').text()).toContain('2 张工单');
  await submit();

  expect(found('form-message').text()).toContain('请检查');
  await page.find('#ticket-category').setValue('td');
  await page.find('#ticket-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  await submit();
  expect(server.opened).toHaveLength(1);
  expect(server.opened[0]).toMatchObject({
    title: '沿江路三盏路灯坏了', category_code: '0702', once: 'ticket', further: [{ content: '人行道井盖松动', title: '人行道井盖松动' }],
  });
});

test('a hundred thousand pasted characters are named beside the field, kept, and can be shortened', async () => {
  await open();
  const pasted = '字'.repeat(100_000);
  await page.find('#record-note').setValue(pasted);
  await submit('record');

  expect(page.find('#record-note-error').text()).toContain('95,000');
  expect(value('record-note')).toBe(pasted);
  expect(server.heard).not.toContain('record');

  await page.find('#record-note').setValue('短了');
  expect(page.find('#record-note-error').exists()).toBe(false);
});

test('the same matter adds the call to the ticket that is there', async () => {
  server.alike = [{
    ticket_id: 4, number: 'HY202611230004187', title: '路灯不亮', state: 'handling', opened_at: ago(3600), place: '源城区 埔前镇',
    is_same_caller: true, likeness: 0.8,
  }];
  await open();
  await openTicket();
  await fill({ content: '路灯还是不亮' });
  await pass(1000);
  await found('alike-ticket').find('button').trigger('click');
  await pass(200);

  expect(server.heard).toContain('same matter');
  expect(found('saved').text()).toContain('HY202611230004187');
  expect(server.opened).toEqual([]);
});

test('a ticket finished while the server is away has its number, and goes up once when it is back', async () => {
  await open();
  await pass(100);
  await openTicket();
  await fill(whole);
  await page.find('#ticket-category').setValue('td');
  await page.find('#ticket-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  server.linksDown();
  await submit();

  expect(found('saved').text()).toContain('HY20261123900000');
  expect(found('uploads').text()).toContain('HY20261123900000');
  expect(server.opened).toEqual([]);
  await pass(10_000);

  server.linksUp();
  await pass(5_000);
  expect(server.opened).toHaveLength(1);
  expect(server.opened[0]).toMatchObject({ reserved_number: 'HY20261123900000', once: 'ticket' });
  expect(found('uploads').exists()).toBe(false);
  await pass(20_000);
  expect(server.opened).toHaveLength(1);
  expect(await vault.names('upload:')).toEqual([]);
});

test('a page that was loaded anew while the server was away still brings it up', async () => {
  await open();
  await pass(100);
  await openTicket();
  await fill(whole);
  await page.find('#ticket-category').setValue('td');
  await page.find('#ticket-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  server.linksDown();
  await submit();
  page.unmount();

  server.isAway = false;
  await open();
  await pass(5_000);
  expect(server.opened).toHaveLength(1);
});

test('without a server only a whole ticket is finished; what is missing is named beside its field', async () => {
  await open();
  await pass(100);
  await openTicket();
  await fill({ ...whole, respondent: '' });
  server.linksDown();
  await submit();

  expect(found('saved').exists()).toBe(false);
  expect(page.find('#ticket-category-error').text()).toContain('请填写此项');
  expect(page.find('#ticket-respondent-error').exists()).toBe(true);
  expect(page.find('#ticket-demand-error').exists()).toBe(false);
  expect(found('uploads').exists()).toBe(false);
});

test('a form that grew stale in a cut is open again, with its word beside the field and nothing lost', async () => {
  await open();
  await pass(100);
  await openTicket();
  await fill(whole);
  await page.find('#ticket-category').setValue('td');
  await page.find('#ticket-category').trigger('keydown', { key: 'Enter', code: 'Enter' });
  server.linksDown();
  await submit();
  expect(found('saved').exists()).toBe(true);

  // The category was withdrawn while nobody could be asked.
  server.refuses = ['category_code'];
  server.linksUp();
  await pass(5_000);
  expect(page.find('#ticket-category-error').exists()).toBe(true);
  expect(value('ticket-content')).toBe(whole.content);

  server.refuses = [];
  await submit();
  expect(server.opened).toHaveLength(1);
});

test('who objects to not being taken up gets a ticket for review, with what he was told', async () => {
  await open();
  await page.find("input[name='record-result'][value='told_where']").setValue(true);
  await page.find('#record-exclusion').setValue('X5');
  await pass(50);
  expect(found('treatment').text()).toBe('告知渠道');
  await page.findAll('.form-check').find((one) => one.text() === '来电人有异议')?.find('input').setValue(true);
  await found('objects').find('button').trigger('click');
  await pass(100);

  expect(value('ticket-title')).toBe('复核：不属本市行政区域');
  expect(value('ticket-content')).toContain('请拨打事发地区号加 12345 反映');
  expect(value('ticket-demand')).toContain('要求复核');
});

test('a malicious call asks whether the caller was warned', async () => {
  await open();
  await page.find("input[name='record-result'][value='malicious']").setValue(true);
  await pass(50);

  expect(found('warned').text()).toContain('已向来电人告知警告语');
});
