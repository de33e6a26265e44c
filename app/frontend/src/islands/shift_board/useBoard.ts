// Keeps the board true: the newest picture, how old it is, and whether anybody still tells us.
import { computed, onScopeDispose, readonly, ref, shallowRef } from 'vue';

import { SignedOut } from '../../shared/http';
import type { Board } from './boardTypes';
import type { BoardWire } from './boardWire';
import { ageOf, isAbout, LATE_AFTER_MS, newer, serverTime, vouch, type Vouched } from './freshness';

const REFUSED_AGAIN_MS = 2000;

export type BoardLink = 'opening' | 'up' | 'down' | 'signed_out';

/** The board's picture and its link to the server. */
export function useBoard(wire: BoardWire) {
  const board = shallowRef<Board | null>(null);
  const link = ref<BoardLink>('opening');
  const vouched = shallowRef<Vouched | null>(null);
  const tick = ref(performance.now());
  const ticking = window.setInterval(() => (tick.value = performance.now()), 250);
  let isClosed = false;

  function note(asOf: string): void {
    tick.value = performance.now();
    vouched.value = vouch(vouched.value, Date.parse(asOf), tick.value);
  }

  /** The door is shut: either the session is over, or the server is just starting. */
  async function askWhy(): Promise<void> {
    try {
      await wire.snapshot();
      line.again();
    } catch (error) {
      if (error instanceof SignedOut) link.value = 'signed_out';
      else if (!isClosed) window.setTimeout(() => void askWhy(), REFUSED_AGAIN_MS);
    }
  }

  const line = wire.listen({
    board: (told) => {
      board.value = newer(board.value, told);
      note(told.as_of);
    },
    holds: (held) => {
      // A picture that we have never seen holds: ours is not it.
      if (isAbout(board.value, held)) note(held.as_of);
      else line.again();
    },
    goodbye: () => line.again(),
    connected: () => {
      link.value = 'up';
      // Another network, another delay: clocks are compared anew.
      if (vouched.value) vouched.value = { ...vouched.value, offsets: vouched.value.offsets.slice(-1) };
    },
    disconnected: () => {
      if (link.value === 'up') link.value = 'down';
    },
    refused: () => void askWhy(),
  });

  onScopeDispose(() => {
    isClosed = true;
    window.clearInterval(ticking);
    line.close();
  });

  const age = computed(() => (vouched.value ? ageOf(vouched.value, tick.value) : 0));
  return {
    board,
    link: readonly(link),
    /** Milliseconds since the server last said that this is so. */
    age,
    isLate: computed(() => age.value > LATE_AFTER_MS),
    /** The server's clock, renewed four times a second. */
    now: computed(() => (vouched.value ? serverTime(vouched.value, tick.value) : 0)),
    takePhone: () => line.takePhone(),
  };
}

export type BoardHandle = ReturnType<typeof useBoard>;
