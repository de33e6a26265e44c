// Digits for the exchange, in the order of the keys: while some are on their way, the next ones wait and go together.

/** As many as the server takes at once. */
const MOST_AT_ONCE = 32;

/** Send digits of a call and say whether they were taken; `hasWaited`: not in the moment in which they were pressed. */
type Send = (callId: number, digits: string, hasWaited: boolean) => Promise<boolean>;

/** The answer is what presses a key. */
export function createDigitQueue(send: Send) {
  let waiting: { callId: number; digits: string }[] = [];
  let isSending = false;

  async function work(): Promise<void> {
    isSending = true;
    let hasWaited = false;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { callId, digits } = next;
      // Without the ones that were refused, the rest would mean something else at the far side.
      if (!(await send(callId, digits, hasWaited))) waiting = waiting.filter((one) => one.callId !== callId);
      hasWaited = true;
    }
    isSending = false;
  }

  return (callId: number, digits: string): void => {
    const last = waiting.at(-1);
    if (last?.callId === callId && last.digits.length + digits.length <= MOST_AT_ONCE) last.digits += digits;
    else waiting.push({ callId, digits });
    if (!isSending) void work();
  };
}
