// The talk in a word, for the bar. Pure.
import type { Call } from './deskTypes';

const BESIDE_TALKING: ReadonlySet<string> = new Set(['held', 'calling', 'transferring', 'handed_over']);

/** Say held, calling out and the like where the bar would say "talking"; what this page does not know is a talk. */
export function talkWord(word: string, call: Call | null): string {
  const isMore = word === 'state.talking' && call !== null && BESIDE_TALKING.has(call.state);
  return isMore ? `state.${call.state}` : word;
}
