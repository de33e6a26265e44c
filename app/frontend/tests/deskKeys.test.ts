import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { followDeskKeys } from '../src/shared/deskKeys';

let stop: () => void;
const clicked = vi.fn();

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}

beforeEach(() => {
  document.body.innerHTML = `
    <button data-key="1">one</button><input id="field">
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
    for (const [key, id] of [['j', 'a'], ['j', 'b'], ['j', 'b'], ['k', 'a'], ['K', 'a']] as const) {
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
    expect(clicked).toHaveBeenCalledWith('one');
  });

  it('are his own while somebody types, composes or holds a modifier', () => {
    document.getElementById('field')?.focus();
    press('1');
    press('j');
    (document.activeElement as HTMLElement).blur();
    press('1', { ctrlKey: true });
    press('1', { isComposing: true });
    expect(clicked).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(document.body);
  });

  it('leave Enter on a link to the browser', () => {
    document.querySelector<HTMLElement>('#a a')?.focus();
    expect(press('Enter').defaultPrevented).toBe(false);
  });
});
