// A small window into the board for browser tests and for support: it only reads.
import { toRaw } from 'vue';

import type { Board } from './boardTypes';
import type { BoardHandle } from './useBoard';
import type { ListeningHandle } from './useListening';

export interface BoardProbe {
  board(): Board | null;
  link(): string;
  age(): number;
  place(): string;
  session(): string;
  mode(): string | null;
}

declare global {
  interface Window {
    hotlineBoard?: BoardProbe;
  }
}

export function showBoardProbe(shown: BoardHandle, listening: ListeningHandle): void {
  window.hotlineBoard = Object.freeze({
    board: () => toRaw(shown.board.value),
    link: () => shown.link.value,
    age: () => shown.age.value,
    place: () => listening.place.value,
    session: () => listening.picture.value.session,
    mode: () => listening.heard.value?.mode ?? null,
  });
}
