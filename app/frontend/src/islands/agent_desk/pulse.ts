// Is the server there? One cheap question every few seconds, every second while it matters.
import { SignedOut } from '../../shared/http';

const CALM_MS = 5000;
const URGENT_MS = 1000;
const UNSENT_MS = 300;
/** Of the calm questions, how many may go unanswered before we say that the server is away. */
const MISSES = 2;

export interface Pulse {
  /** Ask each second from now on (true), or calmly again. */
  hurry(isUrgent: boolean): void;
  stop(): void;
}

export interface PulseNews {
  answered(): void;
  missed(): void;
  away(): void;
  /** The server answers again after it was away. */
  back(): void;
}

/** Ask `probe` (it gets its patience in milliseconds) for ever and tell what came of it. */
export function startPulse(probe: (patience: number) => Promise<unknown>, news: PulseNews): Pulse {
  let isUrgent = false;
  let misses = 0;
  let isStopped = false;
  let timer = 0;
  let round = 0;

  async function ask(): Promise<void> {
    const mine = ++round;
    const began = performance.now();
    // A server that refuses for want of a session is there; the desk hears of it on another way.
    const isThere = await probe(URGENT_MS).then(() => true, (error: unknown) => error instanceof SignedOut);
    if (isStopped || mine !== round) return;
    if (isThere) heard();
    else unheard();
    timer = window.setTimeout(() => void ask(), waitAfter(isThere, performance.now() - began));
  }

  function waitAfter(isThere: boolean, took: number): number {
    // A question that failed before it left the machine costs nobody anything.
    if (isUrgent && !isThere && took < UNSENT_MS) return UNSENT_MS;
    return Math.max(0, (isUrgent || misses > 0 ? URGENT_MS : CALM_MS) - took);
  }

  function heard(): void {
    const wasAway = misses >= MISSES;
    misses = 0;
    news.answered();
    if (wasAway) news.back();
  }

  function unheard(): void {
    misses += 1;
    news.missed();
    if (misses === MISSES) news.away();
  }

  function askNow(): void {
    window.clearTimeout(timer);
    void ask();
  }

  window.addEventListener('online', askNow);
  timer = window.setTimeout(() => void ask(), CALM_MS);
  return {
    hurry: (urgent) => {
      if (urgent === isUrgent) return;
      isUrgent = urgent;
      if (urgent) askNow();
    },
    stop: () => {
      isStopped = true;
      window.clearTimeout(timer);
      window.removeEventListener('online', askNow);
    },
  };
}
