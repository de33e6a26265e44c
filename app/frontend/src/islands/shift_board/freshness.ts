// Which picture is the newest, and how old what is shown has become. Pure.
import type { Board, Held } from './boardTypes';

export const LATE_AFTER_MS = 3000;
const REMEMBERED = 20;

/** A picture takes the place of an older one; another process's picture is always taken. */
export function newer(shown: Board | null, board: Board): Board {
  if (shown && shown.stream === board.stream && shown.version > board.version) return shown;
  return board;
}

/** Say whether a word that a picture holds is about the picture we show. */
export function isAbout(shown: Board | null, held: Held): boolean {
  return shown !== null && shown.stream === held.stream && shown.version === held.version;
}

/** When the server last vouched for what is shown, and how our clock stands to the server's. */
export interface Vouched {
  asOf: number;
  /** Server minus page, as each message arrived; the largest came with the least delay. */
  offsets: number[];
}

/** Note a message that was true at `asOf` (server) and arrived at `at` (page). */
export function vouch(before: Vouched | null, asOf: number, at: number): Vouched {
  return { asOf, offsets: [...(before?.offsets ?? []), asOf - at].slice(-REMEMBERED) };
}

/** The server's clock when the page's shows `at`. */
export function serverTime(vouched: Vouched, at: number): number {
  return at + Math.max(...vouched.offsets);
}

/** How old what is shown is, in milliseconds: a message that was held up on its way is old on arrival. */
export function ageOf(vouched: Vouched, at: number): number {
  return Math.max(0, serverTime(vouched, at) - vouched.asOf);
}
