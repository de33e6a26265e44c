// One tab has the phone. The others say so, and may take it over.

const LOCK = 'hotline-desk';

export interface Leadership {
  takeOver(): void;
  release(): void;
}

/**
 * Ask to be the tab with the phone; `tell` hears true and false as it comes and goes.
 * A browser without locks (a page without https) has no phone either, so every tab may lead.
 */
export function seekLeadership(tell: (leads: boolean) => void): Leadership {
  if (!(navigator as { locks?: LockManager }).locks) {
    tell(true);
    return { takeOver: () => undefined, release: () => undefined };
  }
  let letGo: (() => void) | null = null;
  let isReleased = false;
  let waiting = new AbortController();

  function hold(): Promise<void> {
    if (isReleased) return Promise.resolve();
    tell(true);
    return new Promise((resolve) => (letGo = resolve));
  }

  function lost(): void {
    letGo = null;
    if (isReleased) return;
    tell(false);
    stand();
  }

  /** Stand in line: when the tab with the phone closes, the next one leads. */
  function stand(): void {
    waiting = new AbortController();
    navigator.locks.request(LOCK, { signal: waiting.signal }, hold).catch((error: unknown) => {
      // AbortError while holding: another tab took over. While waiting: we take over ourselves.
      if (letGo) lost();
      else if (!isTakingOver) throw error;
    });
  }

  let isTakingOver = false;

  function takeOver(): void {
    isTakingOver = true;
    waiting.abort();
    navigator.locks
      .request(LOCK, { steal: true }, () => {
        isTakingOver = false;
        return hold();
      })
      .catch(() => lost());
  }

  navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return hold();
    // The page before a reload lets go a moment later: do not frighten anybody for that.
    window.setTimeout(() => {
      if (!letGo && !isReleased) tell(false);
    }, 500);
    stand();
    return undefined;
  }).catch(() => lost());

  return {
    takeOver,
    release: () => {
      isReleased = true;
      waiting.abort();
      letGo?.();
    },
  };
}
