// Is the exchange within reach? Asked by opening a fresh WebSocket, because nothing else is fresh.
//
// A request that was given up during a cut leaves its half-open connection with the browser, and
// later requests wait for that one: long after the network is back. A WebSocket that is closed
// takes its connection with it.

const PATIENCE_MS = 1000;
const REFUSED_AT_ONCE_MS = 300;

export interface KnockNews {
  there(): void;
  silent(): void;
}

/** Knock at `address` each second until stopped, and tell what came of it. */
export function startKnocking(address: string, news: KnockNews): () => void {
  let isStopped = false;
  let timer = 0;

  async function goOn(): Promise<void> {
    const began = performance.now();
    const isThere = await knock(address);
    if (isStopped) return;
    if (isThere) news.there();
    else news.silent();
    const took = performance.now() - began;
    // One that failed before it left the machine costs nobody anything: try again soon.
    const pause = !isThere && took < REFUSED_AT_ONCE_MS ? REFUSED_AT_ONCE_MS : PATIENCE_MS;
    timer = window.setTimeout(() => void goOn(), Math.max(0, pause - took));
  }

  void goOn();
  return () => {
    isStopped = true;
    window.clearTimeout(timer);
  };
}

/** Open a connection and close it again; true when somebody answered in time. */
export function knock(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const door = new WebSocket(address, 'sip');
    const settle = (isThere: boolean) => {
      window.clearTimeout(limit);
      door.onopen = door.onerror = door.onclose = null;
      door.close();
      resolve(isThere);
    };
    const limit = window.setTimeout(() => settle(false), PATIENCE_MS);
    door.onopen = () => settle(true);
    door.onerror = door.onclose = () => settle(false);
  });
}
