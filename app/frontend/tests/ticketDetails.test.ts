import { mount, type VueWrapper } from '@vue/test-utils';
import { nextTick, reactive } from 'vue';
import { afterEach, expect, test } from 'vitest';

import { makeDesk } from '../src/dev/samples';
import { emptyDraft, isUntouched, mergeDrafts, readDraft, type TicketFields } from '../src/islands/agent_desk/draft';
import MoreFields from '../src/islands/agent_desk/MoreFields.vue';
import PlaceField from '../src/islands/agent_desk/PlaceField.vue';
import { isSecretType, offeredTypes, typeOfNature } from '../src/islands/agent_desk/requestTypes';
import { textsIn } from './texts';

let page: VueWrapper | undefined;

function show(fields: Partial<TicketFields> = {}, errors: Record<string, string[]> = {}): TicketFields {
  const given = reactive({ ...emptyDraft().ticket, ...fields });
  page = mount(MoreFields, { props: { fields: given, errors }, global: { plugins: [textsIn('zh-CN')] }, attachTo: document.body });
  return given;
}
const isOpen = () => (page?.find('details').element as HTMLDetailsElement).open;

afterEach(() => page?.unmount());

test('details are folded away until something of them is said', () => {
  show();
  expect(isOpen()).toBe(false);
  expect(page?.text()).toContain('更多信息');
  page?.unmount();

  show({ best_time: '18 点后', amount: '1200' });
  expect(isOpen()).toBe(true);
  expect(page?.text()).toContain('已填 2 项');
});

test('what is wrong with a folded field opens the fold and stands beside the field', async () => {
  show();
  await page?.setProps({ errors: { amount: ['请填写金额'] } });

  expect(isOpen()).toBe(true);
  expect(page?.find('#ticket-amount-error').text()).toBe('请填写金额');
});

test('an organisation is asked for its name and its code, a person is not', async () => {
  const fields = show();
  expect(page?.find('#ticket-credit_code').exists()).toBe(false);

  fields.person_kind = 'enterprise';
  await nextTick();
  await page?.find('#ticket-credit_code').setValue('91350100M000100Y43');
  expect(fields.credit_code).toBe('91350100M000100Y43');

  fields.person_kind = 'individual';
  await nextTick();
  expect(page?.find('#ticket-credit_code').exists()).toBe(true);
});

test('what the dialled number proposes says that it is a proposal, until the agent says otherwise', async () => {
  const fields = show({ person_kind: 'enterprise' });
  expect(page?.find('[data-testid="kind-proposed"]').exists()).toBe(false);

  await page?.setProps({ proposedKind: 'enterprise' });
  expect(page?.find('[data-testid="kind-proposed"]').text()).toBe('按拨打的号码预填，请核对');

  fields.person_kind = 'individual';
  await nextTick();
  expect(page?.find('[data-testid="kind-proposed"]').exists()).toBe(false);
});

test('an identity card is asked for among the rest, says when, and its fault stands beside it', async () => {
  const fields = show({}, { identity_number: ['身份证号校验不通过'] });
  await page?.find('#ticket-identity_number').setValue('44160219900101018X');

  expect(fields.identity_number).toBe('44160219900101018X');
  expect(page?.find('#ticket-identity_number').attributes('placeholder')).toContain('确需核验身份时才填');
  expect(page?.find('#ticket-identity_number-error').text()).toBe('身份证号校验不通过');

  fields.is_anonymous = true;
  await nextTick();
  expect(page?.find('#ticket-identity_number').attributes('placeholder')).not.toContain('确需核验');
});

test('flags and tags are ticked, and kept as codes with blanks between', async () => {
  const { form_rules: rules } = makeDesk();
  const fields = show();
  await page?.setProps({ rules, errors: { tags: ['请在列表中选择'] } });
  expect(page?.text()).toContain('欠薪');

  await page?.find('[data-testid="flags-group"]').trigger('change');
  await page?.find('[data-testid="flags-risk"]').trigger('change');
  await page?.find('[data-testid="tags-wage_arrears"]').trigger('change');
  expect(fields).toMatchObject({ flags: 'group risk', tags: 'wage_arrears' });
  await page?.find('[data-testid="flags-group"]').trigger('change');
  expect(fields.flags).toBe('risk');
  expect(page?.find('#ticket-tags-error').text()).toBe('请在列表中选择');
});

test('coordinates ask whence they are known, and only then', async () => {
  const fields = show();
  expect(page?.find('#ticket-coordinates_source').exists()).toBe(false);

  await page?.find('#ticket-coordinates').setValue('23.743, 114.701');
  await page?.find('#ticket-coordinates_source').setValue('caller');
  expect(fields).toMatchObject({ coordinates: '23.743, 114.701', coordinates_source: 'caller' });
  expect(page?.text()).toContain('来电人手机定位');
});

test('the draft keeps the details, and one from before them is still read', () => {
  const body = emptyDraft();
  body.ticket.special_group = 'elderly';
  body.ticket.people_count = '30';
  expect(isUntouched(body)).toBe(false);
  expect(readDraft(JSON.parse(JSON.stringify(body))).ticket).toMatchObject({ special_group: 'elderly', people_count: '30' });
  expect(mergeDrafts(emptyDraft(), body).ticket.special_group).toBe('elderly');

  const before = { tab: 'ticket', ticket: { content: '路灯不亮' } };
  expect(readDraft(before).ticket).toMatchObject({ content: '路灯不亮', consent_public: '', amount: '' });
});

test('types are called what the dictionary calls them, and our own words stand in where it is silent', () => {
  const { form_rules } = makeDesk();
  const t = (key: string) => key;
  const renamed = { ...form_rules, types: [{ code: 'help', name_zh: '求助求决', name_en: 'Aid', nature: 'help', is_confidential: true }, { code: 'praise', name_zh: '表扬', name_en: 'Praise', nature: 'statistical', is_confidential: false }] };

  expect(offeredTypes(renamed, 'zh-CN', t)).toEqual([{ code: 'help', name: '求助求决', isCountedOnly: false }, { code: 'praise', name: '表扬', isCountedOnly: true }]);
  expect(offeredTypes(renamed, 'en', t).map((one) => one.name)).toEqual(['Aid', 'Praise']);
  expect([typeOfNature(renamed, 'help', 'x'), typeOfNature(renamed, 'report', 'x'), typeOfNature(null, 'help', 'x')]).toEqual(['help', 'x', 'help']);
  expect(offeredTypes({ ...form_rules, types: [] }, 'en', t).map((one) => one.name)).toContain('request_type.report');
  expect([isSecretType(renamed, 'help'), isSecretType(renamed, 'report'), isSecretType(null, 'report')]).toEqual([true, false, true]);
});

test('a place of the gazetteer says what it is, its other name, and who runs its town', async () => {
  const village = { county_code: 'FA-JD', town_code: '441621109', address: '梧峰村', path: '紫金县 临江镇', times: 0, kind: 'village', also: '老屋下', run_by: '江东新区' };
  page = mount(PlaceField, {
    props: { id: 'place', county: 'FA-JD', modelValue: '', look: () => Promise.resolve([village]) },
    global: { plugins: [textsIn('zh-CN')] },
    attachTo: document.body,
  });
  await page.find('input').setValue('老屋');
  await new Promise((done) => setTimeout(done, 300));

  expect(page.find('[data-testid="known-place"]').text().replace(/\s+/g, '')).toBe('紫金县临江镇（江东新区代管）梧峰村村老屋下');
});
