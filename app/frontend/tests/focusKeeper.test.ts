// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { keepFocus } from '../src/shared/focusKeeper';
import { moveByArrow, openByKey } from '../src/shared/listKeys';

const settle = () => new Promise((done) => setTimeout(done, 200));
const one = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;
let stop: () => void;

beforeEach(() => {
  // The test's page has no layout: what is there counts as visible.
  HTMLElement.prototype.checkVisibility = function checkVisibility() { return this.isConnected && !this.closest('[hidden]'); };
  document.body.innerHTML = `
    <header><button id="ready">ready</button><button id="menu">menu</button></header>
    <main><section id="form"><fieldset><textarea id="note"></textarea></fieldset><button id="save">save</button></section></main>`;
  stop = keepFocus(document);
});
afterEach(() => stop());

describe('the focus', () => {
  it('goes to the nearest part that is left when its button goes away', async () => {
    one('#ready').focus();
    one('#ready').remove();
    await settle();
    expect(document.activeElement).toBe(one('header'));
  });

  it('goes to the form when its field cannot be used any more', async () => {
    one('#note').focus();
    one('fieldset').setAttribute('disabled', '');
    one('#note').setAttribute('disabled', '');
    await settle();
    expect(document.activeElement?.id).toBe('form');
  });

  it('comes back to a button that was off only while its request was on the way', async () => {
    one('#save').focus();
    one('#save').setAttribute('disabled', '');
    await Promise.resolve();
    one('#save').removeAttribute('disabled');
    await settle();
    expect(document.activeElement?.id).toBe('save');
  });

  it('is left alone where somebody put it elsewhere, and where nothing was focused', async () => {
    one('#ready').focus();
    one('#menu').focus();
    one('#ready').remove();
    await settle();
    expect(document.activeElement?.id).toBe('menu');
    one('#menu').blur();
    one('#save').remove();
    await settle();
    expect(document.activeElement).toBe(document.body);
  });

  it('stays in an open dialog whose row went away', async () => {
    document.body.insertAdjacentHTML('beforeend', '<dialog open id="list"><table><tr id="row"><td><button id="take">take</button></td></tr></table></dialog>');
    one('#take').focus();
    one('#take').remove();
    await settle();
    expect(document.activeElement?.id).toBe('row');
    one('#row').remove();
    await settle();
    expect(document.activeElement?.id).toBe('list');
  });
});

describe('lists by keyboard', () => {
  it('open by an arrow instead of choosing, and keep keys that hold a modifier', () => {
    document.body.innerHTML = '<select id="list"><option>a</option><option>b</option></select>';
    const list = one('#list') as HTMLSelectElement;
    const opened = vi.fn();
    list.showPicker = opened;
    list.addEventListener('keydown', openByKey);
    const press = (key: string, more: KeyboardEventInit = {}) => {
      const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...more });
      list.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(press('ArrowDown')).toBe(true);
    expect(press('z')).toBe(true);
    expect(opened).toHaveBeenCalledTimes(2);
    for (const key of ['Tab', 'Escape', '?', 'Enter']) expect(press(key)).toBe(false);
    expect(press('1', { ctrlKey: true })).toBe(false);
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it('moves round a group by arrows and chooses what it reaches', () => {
    document.body.innerHTML = '<div id="group"><button role="radio" id="a">a</button><button role="radio" id="b">b</button></div>';
    const chosen: string[] = [];
    for (const each of document.querySelectorAll('button')) each.addEventListener('click', () => chosen.push(each.id));
    one('#group').addEventListener('keydown', moveByArrow);
    one('#a').focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'Tab']) {
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
    expect(chosen).toEqual(['b', 'a', 'b']);
    expect(document.activeElement?.id).toBe('b');
  });
});
