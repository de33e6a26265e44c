import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { followDeskKeys } from '../src/shared/deskKeys';

let stop: () => void;
const clicked = vi.fn();

/** Letters and digits by their place on the keyboard and with Alt, as people press them here. */
function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : key;
  const event = new KeyboardEvent('keydown', { key, code, altKey: key.length === 1, bubbles: true, cancelable: true, ...more });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}

beforeEach(() => {
  document.body.innerHTML = `
    <button data-key="1">one</button><button data-key="a">approve</button><a href="#back" data-key="Escape">back</a><input id="field">
    <table data-key-rows><tbody>
      <tr data-key-row tabindex="0" id="a"><td><input type="checkbox"><a href="#a" data-opens>a</a><button data-takes>t</button></td></tr>
      <tr data-key-row tabindex="0" id="b"><td><input type="checkbox"><a href="#b" data-opens>b</a></td></tr>
    </tbody></table>`;
  clicked.mockReset();
  for (const each of document.querySelectorAll('button, a, input[type="checkbox"]')) {
    each.addEventListener('click', () => clicked(each.textContent || 'ticked'));
  }
  stop = followDeskKeys(document);
});

afterEach(() => stop());

describe('the keys of a desk', () => {
  it('walk down and up and stay inside the list', () => {
    for (const [key, id] of [['j', 'a'], ['j', 'b'], ['j', 'b'], ['k', 'a'], ['k', 'a']] as const) {
      press(key);
      expect(document.activeElement?.id).toBe(id);
    }
  });

  it('open, tick and take what the row offers, and nothing where it offers none', () => {
    press('j');
    for (const key of ['Enter', 't', 'x']) press(key);
    press('j');
    expect(press('t').defaultPrevented).toBe(false);
    expect(clicked.mock.calls.map(([what]) => what as string)).toEqual(['a', 't', 'ticked']);
  });

  it('press the button that carries them', () => {
    press('1');
    press('Escape');
    press('å', { code: 'KeyA' });
    expect(clicked.mock.calls.map(([what]) => what as string)).toEqual(['one', 'back', 'approve']);
  });

  it('do nothing by a stray letter or digit alone: nobody approves by leaning on the keyboard', () => {
    for (const key of ['a', '1', 'j']) expect(press(key, { altKey: false }).defaultPrevented).toBe(false);
    for (const held of [{ ctrlKey: true }, { shiftKey: true }, { metaKey: true }]) press('a', held);
    expect(clicked).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(document.body);
  });

  it('are his own while somebody types or composes', () => {
    document.getElementById('field')?.focus();
    press('1');
    press('j');
    (document.activeElement as HTMLElement).blur();
    press('1', { isComposing: true });
    expect(clicked).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(document.body);
  });

  it('leave Enter on a link to the browser', () => {
    document.querySelector<HTMLElement>('#a a')?.focus();
    expect(press('Enter').defaultPrevented).toBe(false);
  });
});
