import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, expect, test } from 'vitest';

import { makeDesk } from '../src/dev/samples';
import CategoryPicker from '../src/islands/agent_desk/CategoryPicker.vue';
import { textsIn } from './texts';

let page: VueWrapper;
afterEach(() => page.unmount());

/** The field with a category chosen already, and the focus on it. */
async function focused(chosen: string): Promise<void> {
  page = mount(CategoryPicker, {
    props: { id: 'c', categories: makeDesk().categories, modelValue: chosen }, global: { plugins: [textsIn('zh-CN')] }, attachTo: document.body,
  }) as unknown as VueWrapper;
  await input().trigger('focus');
}
const input = () => page.find('input');
const picked = () => page.emitted('update:modelValue')?.map(([code]) => code) ?? [];
const active = () => page.find('li.active').text();

async function press(key: string, more: KeyboardEventInit & { keyCode?: number } = {}): Promise<KeyboardEvent> {
  const { keyCode, ...init } = more;
  const event = new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true, ...init });
  if (keyCode !== undefined) Object.defineProperty(event, 'keyCode', { value: keyCode });
  input().element.dispatchEvent(event);
  await page.vm.$nextTick();
  return event;
}

test('a plain Enter in the category field that nobody touched neither changes it nor sends the form', async () => {
  await focused('0702');

  expect((await press('Enter')).defaultPrevented).toBe(true);
  expect(picked()).toEqual([]);
});

test.each([{ ctrlKey: true }, { metaKey: true }])('Ctrl+Enter in the category field changes nothing and is left to the desk, which saves: %o', async (held) => {
  await focused('0702');

  expect((await press('Enter', held)).defaultPrevented).toBe(false);
  expect(picked()).toEqual([]);
});

test('Ctrl+Enter after typing saves and chooses nothing', async () => {
  await focused('0702');
  await input().setValue('yfk');

  expect((await press('Enter', { ctrlKey: true })).defaultPrevented).toBe(false);
  expect(picked()).toEqual([]);
});

test('the list opens at the category that is chosen, and the arrows go on from it', async () => {
  await focused('0702');
  expect(active()).toContain('0702');
  const all = page.findAll('li').map((one) => one.text());

  await press('ArrowDown');
  expect(all.indexOf(active())).toBe((all.findIndex((one) => one.includes('0702')) + 1) % all.length);
  expect((await press('Enter')).defaultPrevented).toBe(true);
  expect(picked()).toHaveLength(1);
});

test('typed and Enter chooses the first that fits', async () => {
  await focused('0702');
  await input().setValue('yfk');
  await press('Enter');

  expect(picked()).toEqual(['0501']);
});

test('an Enter that ends the composing of an input method chooses nothing, by any of its three signs', async () => {
  await focused('');
  await input().setValue('预付');
  for (const sign of [{ isComposing: true }, { keyCode: 229 }]) await press('Enter', sign);
  await press('Process', { code: 'Enter' });

  expect(picked()).toEqual([]);
});
