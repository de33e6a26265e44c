// The agent takes an offer whose phone does not ring yet: whose ring that answers, and for how long. Pure.

const PATIENCE_MS = 5000;

export interface AnswerAhead {
  /** Take this call when it rings; null: no offer is known, nothing is taken ahead. */
  want(callId: number | null): void;
  /** The offer is over, or another one: the word was for that one alone. */
  offered(callId: number | null): void;
  /** The phone rings: is it for the call that was taken? Asked once. */
  takesRing(): boolean;
}

/** `now` in milliseconds of any steady clock. */
export function createAnswerAhead(now: () => number): AnswerAhead {
  let wanted: { callId: number; at: number } | null = null;
  return {
    want: (callId) => (wanted = callId === null ? null : { callId, at: now() }),
    offered: (callId) => {
      if (wanted?.callId !== callId) wanted = null;
    },
    takesRing: () => {
      const takes = wanted !== null && now() - wanted.at < PATIENCE_MS;
      wanted = null;
      return takes;
    },
  };
}
