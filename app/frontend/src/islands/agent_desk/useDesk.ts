// Keeps the desk's state true: snapshot first, numbered facts after, what was missed is asked for.
import { computed, onScopeDispose, readonly, ref, shallowRef } from 'vue';

import { Refused, SignedOut } from '../../shared/http';
import { applyBoard, applyFacts, fromSnapshot } from './applyFact';
import type { Desk, DeskState, Fact, Moment } from './deskTypes';
import type { DeskWire } from './deskWire';
import { learnReasons } from '../../shared/codeWords';

const RETRY_MS = 1000;
const FAREWELL_SETTLES_MS = 300;
/** What an act leads to at an exchange is there by then. */
const COMES_OF_IT_MS = 1000;
const TICK_MS = 250;
/** Between two ticks: longer, and this page or its machine slept, or somebody moved its clock. */
const SLEPT_MS = 3000;
/** After a sleep like this a connection may be dead without knowing it. */
const LONG_SLEEP_MS = 30_000;
const LONGEST_TRAVEL_MS = 5000;
/** While signed out: how often we look whether our person signed in again in another tab. */
const LOOK_FOR_SESSION_MS = 15_000;

export type Link = 'opening' | 'up' | 'down' | 'signed_out';

/** The desk's state and its link to the server. `goodbye` holds why the server closed the desk. */
export function useDesk(wire: DeskWire) {
  const state = shallowRef<DeskState | null>(null);
  const link = ref<Link>('opening');
  const linkSince = ref(Date.now());
  const goodbye = ref<string | null>(null);
  /** This browser is signed in for another person: his desk is not to be shown here. */
  const isAnothers = ref(false);
  const clockOffset = ref(0);
  const tick = ref(Date.now());
  const ticking = window.setInterval(beat, TICK_MS);

  let isCatchingUp = false;
  let mustCatchUpAgain = false;
  let isClosed = false;
  let mustSeeSnapshot = false;
  let knowsClock = false;
  let doubtsSession = false;
  let isLookingForSession = false;
  // The highest number heard of before the first snapshot was here.
  let heardOf = 0;

  function beat(): void {
    const passed = Date.now() - tick.value;
    tick.value = Date.now();
    if (passed < 0 || passed > SLEPT_MS) wakeUp(passed);
  }

  /** What happened meanwhile was not heard, and the server's clock is another distance away. */
  function wakeUp(slept: number): void {
    mustSeeSnapshot = true;
    knowsClock = false;
    // A page in the background is let tick once a minute: its connection lives.
    if (slept > LONG_SLEEP_MS && !document.hidden) line.reconnect();
    void catchUp();
  }

  function setLink(now: Link): void {
    if (link.value === now || link.value === 'signed_out') return;
    link.value = now;
    linkSince.value = Date.now();
  }

  function heardServerTime(now: Moment): void {
    const heard = Date.parse(now) - Date.now();
    // What travelled longer shows an older time: the quickest news is nearest to the truth.
    const isLate = heard < clockOffset.value && clockOffset.value - heard < LONGEST_TRAVEL_MS;
    if (!isLate || !knowsClock) clockOffset.value = heard;
    knowsClock = true;
  }

  /** What one save told is shown at once: no half of it is ever on the screen. */
  function take(facts: Fact[]): void {
    if (!state.value) {
      heardOf = Math.max(heardOf, ...facts.map((one) => one.number));
      return;
    }
    const applied = applyFacts(state.value, facts);
    state.value = applied.state;
    if (applied.outcome === 'gap') void catchUp();
  }

  /** Ask for the desk. Raises SignedOut also where it is another person's by now. */
  async function ownSnapshot(): Promise<Desk> {
    const desk = await wire.snapshot();
    isAnothers.value = state.value !== null && desk.agent.id !== state.value.agent.id;
    if (isAnothers.value) throw new SignedOut(desk.agent.work_number);
    return desk;
  }

  async function loadSnapshot(): Promise<void> {
    const known = state.value?.number ?? 0;
    const desk = await ownSnapshot();
    heardServerTime(desk.now);
    mustSeeSnapshot = false;
    // Overtaken by facts while it travelled, it is older news. One that is behind what we knew when we
    // asked is not: the server lives on an older copy, and what it says is true.
    if (state.value && desk.number < state.value.number && desk.number >= known) return;
    learnReasons(desk.reason_names ?? {});
    state.value = fromSnapshot(desk, state.value);
    if (heardOf > desk.number) mustCatchUpAgain = true;
    heardOf = 0;
  }

  async function fetchMissed(): Promise<void> {
    if (!state.value || mustSeeSnapshot) return loadSnapshot();
    try {
      const { facts } = await wire.factsAfter(state.value.number);
      const applied = applyFacts(state.value, facts);
      state.value = applied.state;
      if (applied.outcome === 'gap') await loadSnapshot();
    } catch (error) {
      if (error instanceof Refused) return loadSnapshot();
      throw error;
    }
  }

  /** Bring the state up to the server's; one run at a time, and again when news came meanwhile. */
  async function catchUp(): Promise<void> {
    if (isCatchingUp) {
      mustCatchUpAgain = true;
      return;
    }
    isCatchingUp = true;
    try {
      do {
        mustCatchUpAgain = false;
        await fetchMissed();
      } while (mustCatchUpAgain);
    } catch (error) {
      if (error instanceof SignedOut) setLink('signed_out');
      else if (!isClosed) window.setTimeout(() => void catchUp(), RETRY_MS);
    } finally {
      isCatchingUp = false;
    }
  }

  /** Something was done while no news come: what it has led to is asked for, at once and a little later. */
  function acted(): void {
    if (link.value === 'up' || link.value === 'signed_out') return;
    void catchUp();
    window.setTimeout(() => {
      if (!isClosed && link.value !== 'up') void catchUp();
    }, COMES_OF_IT_MS);
  }

  /**
   * Our line was closed on purpose. Where this browser's own session goes on (its person changed the
   * password here), the desk goes on too; where it ended, the page says so.
   */
  async function askToStay(): Promise<void> {
    if (isClosed || link.value === 'signed_out') return;
    try {
      await ownSnapshot();
      goodbye.value = null;
      line.reconnect();
    } catch (error) {
      if (error instanceof SignedOut) setLink('signed_out');
      else if (!isClosed) {
        window.setTimeout(() => void askToStay(), RETRY_MS);
        return;
      }
    }
    doubtsSession = false;
  }

  /** Somebody was refused for want of a session, or the door was shut: ask once more, then say so. */
  function doubtSession(): void {
    if (doubtsSession || isClosed || link.value === 'signed_out') return;
    doubtsSession = true;
    window.setTimeout(() => void askToStay(), FAREWELL_SETTLES_MS);
  }

  /** Signed out here, and signed in again in another tab: the page goes on where it stood. */
  async function lookForSession(): Promise<void> {
    if (isClosed || isLookingForSession || link.value !== 'signed_out') return;
    isLookingForSession = true;
    try {
      await ownSnapshot();
      goodbye.value = null;
      mustSeeSnapshot = true;
      link.value = 'down';
      linkSince.value = Date.now();
      line.reconnect();
      void catchUp();
    } catch {
      // not yet, or somebody else
    } finally {
      isLookingForSession = false;
    }
  }
  const looking = window.setInterval(() => void lookForSession(), LOOK_FOR_SESSION_MS);
  const lookNow = () => void lookForSession();
  window.addEventListener('focus', lookNow);
  document.addEventListener('visibilitychange', lookNow);

  const line = wire.listen({
    hello: ({ number, now }) => {
      // The line of a session that this page has not made sure of.
      if (link.value === 'signed_out') return lookNow();
      heardServerTime(now);
      setLink('up');
      if (!state.value) {
        heardOf = Math.max(heardOf, number);
        return;
      }
      // A smaller number than ours: it looked before a fact that was quicker, or lives on an older copy
      // of what it knew; a snapshot tells.
      if (number < state.value.number) mustSeeSnapshot = true;
      if (number !== state.value.number) void catchUp();
    },
    facts: take,
    // A fact that got lost on its way leaves no gap until the next one: here we see that it is there.
    newest: ({ number }) => {
      if (state.value && number > state.value.number) void catchUp();
    },
    board: (board) => {
      if (state.value) state.value = applyBoard(state.value, board);
    },
    link: ({ exchange_id, is_up, lag }) => {
      if (!state.value) return;
      const exchanges = state.value.exchanges.map((one) =>
        one.exchange_id === exchange_id ? { ...one, is_up, lag } : one,
      );
      state.value = { ...state.value, exchanges };
    },
    goodbye: ({ reason }) => {
      goodbye.value = reason;
      doubtSession();
    },
    connected: () => setLink('up'),
    disconnected: () => setLink('down'),
    refused: doubtSession,
    signedOut: doubtSession,
  });
  void catchUp();

  onScopeDispose(() => {
    isClosed = true;
    window.clearInterval(ticking);
    window.clearInterval(looking);
    window.removeEventListener('focus', lookNow);
    document.removeEventListener('visibilitychange', lookNow);
    line.close();
  });

  return {
    state,
    link: readonly(link),
    /** For how many seconds the link has been as it is. */
    downSeconds: computed(() => Math.max(0, Math.floor((tick.value - linkSince.value) / 1000))),
    goodbye: readonly(goodbye),
    isAnothers: readonly(isAnothers),
    /** The server's clock, renewed four times a second. */
    now: computed(() => tick.value + clockOffset.value),
    acted,
    reconnect: () => line.reconnect(),
  };
}

export type DeskHandle = ReturnType<typeof useDesk>;
