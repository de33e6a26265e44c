// Work that can wait: done when the page has nothing better to do, and again later where it failed.

const AGAIN_MS = 10_000;
const LATEST_MS = 3000;

/** Do it soon, until it has succeeded once. Returns how to stop trying. */
export function whenIdle(work: () => Promise<unknown>): () => void {
  let isStopped = false;
  let waiting = 0;
  const attempt = (): void => {
    if (isStopped) return;
    work().catch(() => {
      waiting = window.setTimeout(attempt, AGAIN_MS);
    });
  };
  if ('requestIdleCallback' in window) window.requestIdleCallback(attempt, { timeout: LATEST_MS });
  else waiting = setTimeout(attempt, LATEST_MS) as unknown as number;
  return () => {
    isStopped = true;
    window.clearTimeout(waiting);
  };
}
