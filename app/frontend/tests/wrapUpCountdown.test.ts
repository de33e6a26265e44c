// The countdown after a call says what will really happen when it is over.
import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';

import { makeCall } from '../src/dev/samples';
import WrapUpBar from '../src/islands/agent_desk/WrapUpBar.vue';
import { textsIn } from './texts';

const ended = makeCall({ state: 'ended', ended_at: new Date().toISOString(), ended_by: 'caller' });
const saved = { ...ended, outcomes: [{ kind: 'enquiry' as const, id: 1, number: null }] };

function countdown(call: typeof ended, nextState: string | null, language: 'zh-CN' | 'en' = 'zh-CN'): string {
  const bar = mount(WrapUpBar, {
    props: { call, codes: [], reasons: [], nextState, left: 30_000, extensions: 0, finishKey: 'Alt+N', isBusy: false },
    global: { plugins: [textsIn(language)] },
  });
  return bar.find('[data-testid="wrap-up-left"]').text();
}

test('a call with an outcome ends in ready by itself', () => {
  expect(countdown(saved, null)).toBe('剩 0:30 自动就绪');
  expect(countdown(saved, 'ready')).toBe('剩 0:30 自动就绪');
});

test('a call without an outcome does not promise to be ready: its page stays', () => {
  expect(countdown(ended, null)).toBe('剩 0:30，仍未登记则转为示忙（上一通未整理完）');
  expect(countdown(ended, 'not_ready')).toContain('上一通未整理完');
  expect(countdown(ended, null, 'en')).toContain('not ready (Wrap-up not finished)');
});

test('a chosen next state is what the countdown names', () => {
  expect(countdown(saved, 'not_ready')).toBe('剩 0:30 自动转为示忙');
  expect(countdown(ended, 'signed_out')).toBe('剩 0:30 自动转为已签退');
});
