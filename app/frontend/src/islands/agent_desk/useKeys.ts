// The keys of the desk. Nothing while an input method composes, no single letters, everything has a button too.
import { onScopeDispose } from 'vue';

import { acts as allActs, chordOf, isComposing, type Act, type Keys } from './keymap';

export interface Acts {
  /** Do what a key was given to. */
  act(act: Act): void;
  insert(position: number): void;
  /** A digit pressed while no field has the focus, or with Ctrl+Shift: a wrap-up code. True if it was one. */
  wrapUpCode(position: number): boolean;
  help(): void;
}

/** Which act a key asks for; null for a key that is none of ours. Pure but for the acts themselves. */
export function actOf(event: KeyboardEvent, acts: Acts, keys: Keys, isTyping: boolean): (() => void) | null {
  if (isComposing(event)) return null;
  const chord = chordOf(event);
  const digit = digitOf(event);
  // The city's second key for the next state: where a browser keeps it, the first one is there.
  const mine = allActs.find((act) => keys[act] === chord) ?? (chord === 'Ctrl+Shift+KeyN' ? 'next' : undefined);
  if (digit !== null && chord.startsWith('Ctrl+Shift+')) {
    return () => {
      if (!acts.wrapUpCode(digit) && mine) acts.act(mine);
    };
  }
  if (mine) return () => acts.act(mine);
  if (digit !== null && chord.startsWith('Alt+') && !event.shiftKey) return () => acts.insert(digit - 1);
  return isTyping || event.ctrlKey || event.metaKey || event.altKey ? null : plainActOf(event, acts, digit);
}

function plainActOf(event: KeyboardEvent, acts: Acts, digit: number | null): (() => void) | null {
  if (event.key === '?') return acts.help;
  return digit === null ? null : () => void acts.wrapUpCode(digit);
}

function digitOf(event: KeyboardEvent): number | null {
  const digit = /(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  return digit === undefined ? null : Number(digit);
}

/** A chord that the desk knows: whatever becomes of it now, the browser has no part in it. */
function isOurs(event: KeyboardEvent, keys: Keys): boolean {
  const chord = chordOf(event);
  return allActs.some((act) => keys[act] === chord) || /^(?:Alt|Ctrl\+Shift)\+(?:(?:Digit|Numpad)[1-9])$/.test(chord);
}

function isTypingIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]');
}

/** While a dialog is open its own keys count, and the phone's: nothing happens behind it unseen. */
const alsoInDialogs: Act[] = ['answer', 'hang_up', 'mute', 'hold'];

/** Listen to the keys as long as the desk stands; a person may have switched off those without a chord. */
export function useKeys(acts: Acts, keys: () => Keys, hasSingleKeys: () => boolean): void {
  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    if (isOurs(event, keys())) event.preventDefault();
    const isInDialog = document.querySelector('dialog[open]') !== null;
    const heard = isInDialog ? inDialog(acts) : acts;
    // No entry of a list begins with it: in a list, too, it opens the keys.
    const isAsking = event.key === '?' && event.target instanceof HTMLSelectElement;
    const act = actOf(event, heard, keys(), !hasSingleKeys() || (!isAsking && isTypingIn(event.target)));
    if (!act) return;
    if (isInDialog && !alsoInDialogs.some((one) => keys()[one] === chordOf(event))) return;
    if (event.key.length > 1 || event.ctrlKey || event.altKey || event.key === '?') event.preventDefault();
    if (!event.repeat) act();
  }
  window.addEventListener('keydown', pressed);
  onScopeDispose(() => window.removeEventListener('keydown', pressed));
}

function inDialog(acts: Acts): Acts {
  return { ...acts, wrapUpCode: () => false };
}
