import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';

import { ago, ahead, caller, makeCall, makeDesk, makeOffer } from '../src/dev/samples';
import { applyFact, fromSnapshot } from '../src/islands/agent_desk/applyFact';
import CallerCard from '../src/islands/agent_desk/CallerCard.vue';
import type { CallerCard as Caller, Fact, Pop } from '../src/islands/agent_desk/deskTypes';
import type { Language } from '../src/shared/language';
import { textsIn } from './texts';

const withCaller = (more: Partial<Caller>): Pop => makeOffer({ caller: { ...caller, ...more } });

function show(pop: Pop, language: Language = 'zh-CN') {
  return mount(CallerCard, {
    props: { pop, root: '', now: Date.now(), isLooking: false },
    global: { plugins: [textsIn(language)] },
  });
}

test('several persons behind one number are a choice and never one', async () => {
  const card = show(makeOffer());

  const options = card.findAll('[data-testid="caller-who"] option').map((one) => one.text());
  expect(options).toEqual(['2 人使用此号码', '张女士', '李先生']);
  await card.find('[data-testid="caller-who"]').setValue('2');

  expect(card.emitted('choose')).toEqual([[2]]);
  await card.find('[data-testid="caller-who"]').setValue('');
  expect(card.emitted('choose')).toEqual([[2], [null]]);
});

test.each([
  [{ calls_7_days: 0, recent_calls: [] }, [], '首次来电，尚无登记姓名'],
  [{ calls_7_days: 1, recent_calls: [] }, [], '尚无登记姓名'],
  [{ calls_7_days: 0 }, [], '尚无登记姓名'],
  [{ calls_7_days: 0, recent_calls: [] }, ['calls'], '尚无登记姓名'],
] as const)('only who has not called before, as far as was found, is said to call for the first time: %o %o', (more, missing, said) => {
  const pop = { ...withCaller({ persons: [], chosen_id: null, ...more } as Partial<Caller>), missing: [...missing] };

  expect(show(pop).find('[data-testid="caller-nobody"]').text()).toBe(said);
});

test('who was chosen stays chosen, and leads to the whole history', () => {
  const card = show(withCaller({ chosen_id: 2 }));

  expect((card.find('[data-testid="caller-who"]').element as HTMLSelectElement).value).toBe('2');
  expect(card.find('[data-testid="caller-page"]').attributes('href')).toBe('/callers/2');
  expect(card.find('[data-testid="mark-language"]').text()).toBe('讲客家话');
});

test('a place is said in the language of the page', () => {
  expect(show(makeOffer()).find('[data-testid="caller-place"]').text()).toBe('广东省河源市 · 中国移动');
  expect(show(makeOffer(), 'en').find('[data-testid="caller-place"]').text()).toContain('Heyuan');
});

test('marks stand beside the number while they hold', () => {
  const open = { ticket_id: 4, number: 'HY1', title: '', state: 'handling', opened_at: ago(9), is_confidential: true, contact_shown: '' };
  const card = show(withCaller({ restricted_until: ahead(900), open_tickets: [open] }));

  expect(card.find('[data-testid="mark-restricted"]').text()).toContain('限制来电');
  expect(card.find('[data-testid="mark-confidential"]').exists()).toBe(true);
  expect(card.text()).toContain('保密工单，内容不显示');
  expect(card.find('.open-tickets a').exists()).toBe(false);
  expect(show(withCaller({ restricted_until: ago(9) })).find('[data-testid="mark-restricted"]').exists()).toBe(false);
});

test('what was not found in time is named, and looking again is offered', async () => {
  const card = show(makeOffer({ missing: ['tickets', 'calls'], caller: { ...caller, open_tickets: [], recent_calls: [] } }));

  expect(card.find('[data-testid="pop-missing"]').text()).toContain('未结工单、近期来电');
  expect(card.text()).not.toContain('没有未结工单');
  await card.find('[data-testid="look-again"]').trigger('click');
  expect(card.emitted('lookAgain')).toHaveLength(1);
});

test('a script in a name is text', () => {
  const name_shown = '<img src=x onerror=alert(1)>';
  const card = show(withCaller({ persons: [{ caller_id: 1, name_shown, language: null, other_numbers: [] }] }));

  expect(card.find('img').exists()).toBe(false);
  expect(card.text()).toContain(name_shown);
});

test('a pop that was renewed replaces what was missing, while it rings and in the talk', () => {
  const { call_id, line, suggestions, arrived_at } = makeOffer();
  const pop = { call_id, line, caller, suggestions, arrived_at, missing: [] };
  const fact = { number: 11, name: 'desk.pop_renewed', body: { pop }, at: ago(0) } as Fact;
  const bare = { ...caller, persons: [] };

  const ringing = applyFact(fromSnapshot(makeDesk({ offer: makeOffer({ missing: ['caller'], caller: bare }) }), null), fact);
  const talking = applyFact(fromSnapshot(makeDesk({ call: makeCall({ missing: ['caller'], caller: bare }) }), null), fact);

  expect(ringing.state.offer).toMatchObject({ offer_id: 9001, missing: [], caller: { persons: caller.persons } });
  expect(talking.state.call).toMatchObject({ state: 'talking', missing: [], caller: { persons: caller.persons } });
});

test('a choice made in one tab is made in all, and for no other call', () => {
  const state = fromSnapshot(makeDesk({ call: makeCall() }), null);
  const chosen = (call_id: number): Fact => ({ number: 11, name: 'desk.caller_chosen', body: { call_id, caller_id: 2 }, at: ago(0) });

  expect(applyFact(state, chosen(501)).state.call?.caller.chosen_id).toBe(2);
  expect(applyFact(state, chosen(7)).state.call?.caller.chosen_id).toBeNull();
});
