// Calling from where a number stands: what the desk hands down to every part that shows one.
import { inject, provide, type InjectionKey, type Ref } from 'vue';

import type { Callee } from './deskTypes';

export interface Calling {
  /** Why nobody can be called now, in a sentence; null: somebody can. */
  whyNot: Readonly<Ref<string | null>>;
  call(whom: KnownCallee, line: string): void;
  /** Where the agent reads why something cannot be done. */
  say(text: string): void;
}

/** Whom to call by what has the number; the number itself is masked. */
export interface KnownCallee {
  whom: Callee;
  number_shown: string;
}

const CALLING: InjectionKey<Calling> = Symbol('calling');

export const offerCalling = (calling: Calling): void => provide(CALLING, calling);
export const useCalling = (): Calling | null => inject(CALLING, null);
