// A person's own keys: the page names them wherever it names a key, and the browser never acts on them.
import { expect, test } from 'vitest';

import { makeCall, makeDesk, makeOffer } from '../src/dev/samples';
import { keysOf } from '../src/islands/agent_desk/keymap';
import { eachTestHasADesk, open as openDesk, page, pass, server } from './deskPage';

eachTestHasADesk();
const own = { answer: 'Ctrl+Alt+KeyJ', record: 'F4', ticket: 'F8', submit: 'Ctrl+Shift+Enter', search: 'Ctrl+Slash', answered: 'Alt+KeyG' };

async function open(more: Parameters<typeof makeDesk>[0]): Promise<void> {
  server.desk = makeDesk({ settings: { ...makeDesk().settings, keys: own }, ...more });
  await openDesk();
}
function press(code: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { code, key: code, cancelable: true, ...more });
  window.dispatchEvent(event);
  return event;
}

test('an empty desk and a ring name the key by which this person answers', async () => {
  await open({});
  expect(page.text()).toContain('按 Ctrl+Alt+J 或下方“接听”按钮接听');

  server.rings();
  await pass(100);

  expect(page.find('[data-testid="announcement"]').text()).toContain('按 Ctrl+Alt+J 接听');
  expect(page.text()).not.toContain('Ctrl+Shift+A');
});

test('an act whose key was given away is named without one', async () => {
  await open({ settings: { ...makeDesk().settings, keys: { hold: 'Ctrl+Shift+KeyA' } }, offer: makeOffer(), presence: { ...makeDesk().presence, state: 'offered' } });

  expect(page.find('[data-testid="announcement"]').text()).toBe('市场监管热线 来电，139****2817');
});

test('forms and suggestions name the keys of this person', async () => {
  await open({ call: makeCall(), presence: { ...makeDesk().presence, state: 'talking' } });

  expect(page.find('[data-testid="tab-record"] kbd').text()).toBe('F4');
  expect(page.find('[data-testid="tab-ticket"] kbd').text()).toBe('F8');
  expect(page.find('[data-testid="save-record"] kbd').text()).toBe('Ctrl+Shift+Enter');
  expect(page.find('.suggestion-search kbd').text()).toBe('Ctrl+/');
  expect(page.findAll('.suggestion-acts kbd').map((one) => one.text())).toContain('Alt+G');
});

test('a chord of the desk never becomes the browser’s, in a dialog or while an input method composes', async () => {
  await open({ call: makeCall(), presence: { ...makeDesk().presence, state: 'talking' } });
  const recording = { altKey: true };
  expect(press('KeyR', { ...recording, isComposing: true }).defaultPrevented).toBe(true);
  press('KeyD', { ctrlKey: true, shiftKey: true });
  await pass(100);
  expect(page.find('dialog[open]').exists()).toBe(true);

  expect(press('KeyR', recording).defaultPrevented).toBe(true);
  expect(press('Digit4', { altKey: true }).defaultPrevented).toBe(true);
  expect(press('KeyP', { ctrlKey: true }).defaultPrevented).toBe(false);
  await pass(100);

  expect(server.heard.some((one) => one.startsWith('recording-pause'))).toBe(false);
});

test('single keys can be switched off, and the switch is kept for the person', async () => {
  await open({});
  press('Slash', { key: '?', shiftKey: true });
  await pass(100);
  await page.find('[data-testid="single-keys"]').setValue(false);
  await pass(100);
  expect(server.desk.settings.single_keys).toBe(false);
  expect(page.find('.key-list').text()).not.toContain('?');
  await page.find('dialog[open] [data-testid="dialog-close"]').trigger('click');
  await pass(100);

  press('Slash', { key: '?', shiftKey: true });
  await pass(100);
  expect(page.find('dialog[open]').exists()).toBe(false);

  server.desk = { ...server.desk, call: makeCall({ state: 'ended', ended_at: new Date().toISOString(), ended_by: 'caller' }) };
  page.unmount();
  server.desk = { ...server.desk, presence: { ...makeDesk().presence, state: 'wrap_up' } };
  await openDesk();
  press('Digit2', { key: '2' });
  await pass(100);
  expect(page.find('[data-testid="code-ticket"]').attributes('aria-checked')).toBe('false');
  press('Digit2', { key: '@', ctrlKey: true, shiftKey: true });
  await pass(100);
  expect(page.find('[data-testid="code-ticket"]').attributes('aria-checked')).toBe('true');
});

test('the key that pauses the recording reloads no page, and a key chosen before stays', () => {
  expect(keysOf({}).recording).toBe('Alt+KeyR');
  expect(keysOf({ recording: 'Ctrl+Shift+KeyR' }).recording).toBe('Ctrl+Shift+KeyR');
  expect(keysOf({ hold: 'Alt+KeyR' })).toMatchObject({ hold: 'Alt+KeyR', recording: '' });
});
