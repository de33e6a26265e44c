// Which key does what: the city's keys, a person's own over them, and what no key may be. Pure.

/** Every act that a key can be given to, in the order of the list. */
export const defaultKeys = {
  answer: 'Ctrl+Shift+KeyA',
  hang_up: 'Ctrl+Shift+Digit1',
  hold: 'Ctrl+Shift+KeyH',
  mute: 'Ctrl+Shift+KeyM',
  consult: 'Ctrl+Shift+KeyY',
  transfer: 'Ctrl+Shift+KeyX',
  join: 'Ctrl+Shift+Digit3',
  leave: 'Ctrl+Shift+KeyL',
  drop: 'Ctrl+Shift+KeyK',
  digits: 'Ctrl+Shift+KeyD',
  // Not with Ctrl and Shift: where the page is not asked, that reloads it in mid-call.
  recording: 'Alt+KeyR',
  call_out: 'Ctrl+Shift+KeyO',
  call_backs: 'Ctrl+Shift+KeyB',
  help_me: 'Ctrl+Shift+KeyU',
  messages: 'Ctrl+Shift+KeyE',
  next: 'Alt+KeyN',
  state_menu: 'Ctrl+Shift+KeyS',
  figures: 'Ctrl+Shift+KeyG',
  sound: 'Ctrl+Shift+KeyV',
  record: 'F2',
  ticket: 'F3',
  submit: 'Ctrl+Enter',
  search: 'Ctrl+KeyK',
  answered: 'Alt+Enter',
} as const;

export type Act = keyof typeof defaultKeys;
export type Keys = Record<Act, string>;
export const acts = Object.keys(defaultKeys) as Act[];

/** Chords that browsers and screen readers keep for themselves, or that other keys of the desk need. */
const reserved = [
  /^Ctrl\+Key[ACFLNPRSTVWXZ]$/, /^Ctrl\+Shift\+Key[CIJNPRTW]$/, /^Ctrl\+(?:Shift\+)?(?:Digit0|Numpad0)$/, /^Ctrl\+Digit[1-9]$/,
  /^Alt\+(?:Digit|Numpad)[1-9]$/, /^Alt\+Key[DEF]$/, /^Alt\+Arrow/, /^F(?:1|5|6|7|11|12)$/,
];
const shape = /^(?:(?:Ctrl\+Shift\+|Ctrl\+Alt\+|Alt\+Shift\+|Ctrl\+|Alt\+)(?:Key[A-Z]|Digit[0-9]|Numpad[0-9]|F[1-9]|F1[0-2]|Enter|Slash|Period|Comma)|F[1-9]|F1[0-2])$/;

/** A key as it is kept: its place on the keyboard, not the letter an input method makes of it. */
export function chordOf(event: KeyboardEvent): string {
  const held = [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : ''];
  return [...held.filter(Boolean), event.code || event.key].join('+');
}

/** A key as people read it: `Ctrl+Shift+A`. */
export function spellKey(chord: string): string {
  return chord.replace(/Key|Digit/, '').replace('Numpad', 'Num ').replace('Slash', '/').replace('Period', '.').replace('Comma', ',');
}

/** The city's keys with a person's own over them; what he gave away is without a key, never on two. */
export function keysOf(own: Readonly<Record<string, string>>): Keys {
  const keys: Keys = { ...defaultKeys };
  const mine = acts.filter((act) => own[act] !== undefined);
  for (const act of mine) keys[act] = own[act] ?? '';
  for (const act of acts) {
    if (!mine.includes(act) && mine.some((other) => keys[other] === keys[act])) keys[act] = '';
  }
  return keys;
}

export type KeyTrouble = 'shape' | 'reserved' | 'taken';

/** Why a key cannot be given to an act, and to which act it belongs already; null when it can. */
export function troubleWith(chord: string, act: Act, keys: Keys): { why: KeyTrouble; by?: Act } | null {
  if (!shape.test(chord)) return { why: 'shape' };
  if (reserved.some((one) => one.test(chord))) return { why: 'reserved' };
  const by = acts.find((other) => other !== act && keys[other] === chord);
  return by ? { why: 'taken', by } : null;
}

/** While an input method composes, keys belong to it: all three signs that browsers give. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.key === 'Process' || event.keyCode === 229;
}
