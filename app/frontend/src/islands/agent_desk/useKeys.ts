// The keys of the desk. Nothing while an input method composes, no single letters, everything has a button too.
import { onScopeDispose } from 'vue';

export interface Acts {
  record(): void;
  ticket(): void;
  search(): void;
  submit(): void;
  insert(position: number): void;
  answered(): void;
  answer(): void;
  hangUp(): void;
  mute(): void;
  next(): void;
  /** A digit pressed while no field has the focus, or with Ctrl+Shift: a wrap-up code. True if it was one. */
  wrapUpCode(position: number): boolean;
  help(): void;
}

/** Which act a key asks for; null for a key that is none of ours. Pure but for the acts themselves. */
export function actOf(event: KeyboardEvent, acts: Acts, isTyping: boolean): (() => void) | null {
  if (event.isComposing || event.key === 'Process' || event.keyCode === 229) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const held = [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.shiftKey ? 'Shift' : '', event.altKey ? 'Alt' : ''];
  switch (held.join('')) {
    case 'CtrlShift':
      return chordAct(event, acts, digit);
    case 'Ctrl':
      return { KeyK: acts.search, Enter: acts.submit }[event.code] ?? null;
    case 'Alt':
      return altAct(event, acts, digit);
    case '':
    case 'Shift':
      return plainAct(event, acts, isTyping, digit);
    default:
      return null;
  }
}

function chordAct(event: KeyboardEvent, acts: Acts, digit: string | undefined): (() => void) | null {
  if (digit !== undefined) {
    const position = Number(digit);
    return () => {
      if (!acts.wrapUpCode(position) && position === 1) acts.hangUp();
    };
  }
  return { KeyA: acts.answer, KeyM: acts.mute, KeyN: acts.next }[event.code] ?? null;
}

function altAct(event: KeyboardEvent, acts: Acts, digit: string | undefined): (() => void) | null {
  if (digit !== undefined) return () => acts.insert(Number(digit) - 1);
  return { Enter: acts.answered, KeyN: acts.next }[event.code] ?? null;
}

function plainAct(event: KeyboardEvent, acts: Acts, isTyping: boolean, digit: string | undefined): (() => void) | null {
  if (event.key === 'F2') return acts.record;
  if (event.key === 'F3') return acts.ticket;
  if (isTyping) return null;
  if (event.key === '?') return acts.help;
  return digit === undefined ? null : () => void acts.wrapUpCode(Number(digit));
}

function isTypingIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]');
}

/** Listen to the keys as long as the desk stands. */
export function useKeys(acts: Acts): void {
  function pressed(event: KeyboardEvent): void {
    const act = actOf(event, acts, isTypingIn(event.target));
    if (!act) return;
    if (event.key.length > 1 || event.ctrlKey || event.altKey || event.key === '?') event.preventDefault();
    if (!event.repeat) act();
  }
  window.addEventListener('keydown', pressed);
  onScopeDispose(() => window.removeEventListener('keydown', pressed));
}
