// Figures and rows in the form that a board shows them. Pure.
import type { AgentRow, Share } from './boardTypes';

/** `96.4%`; a dash of nothing. Cut, never rounded up: 94.96 % has not reached 95 %. */
export function percent(share: Share): string {
  if (share.value === null) return '–';
  if (share.part === share.whole) return '100%';
  return `${(Math.floor(share.value * 1000) / 10).toFixed(1)}%`;
}

export type Tone = 'good' | 'near' | 'bad' | 'none';

const NEAR = 0.05;

/** How a share stands to its goal: reached, at most five points below, or worse. */
export function toneOf(share: Share, goal: number): Tone {
  if (share.value === null) return 'none';
  if (share.value >= goal) return 'good';
  return share.value >= goal - NEAR ? 'near' : 'bad';
}

/** States in the order in which a shift leader looks for them. */
export const STATES = [
  'offered', 'talking', 'reconnecting', 'wrap_up', 'ready', 'not_ready', 'missed', 'link_lost',
] as const;

/** Agents by state, within a state the longest first. Whoever has a state we do not know stands last. */
export function ordered(rows: AgentRow[]): AgentRow[] {
  const place = (row: AgentRow) => {
    const at = (STATES as readonly string[]).indexOf(row.state);
    return at < 0 ? STATES.length : at;
  };
  return [...rows].sort((a, b) => place(a) - place(b) || Date.parse(a.since) - Date.parse(b.since));
}

/** The state as the board names it: held and the like are more exact than "talking". */
export function stateKey(row: AgentRow): string {
  if (row.state === 'talking' && row.reason === 'supervising') return 'board.supervising';
  if (row.state === 'talking' && row.call && ['held', 'calling', 'transferring', 'handed_over'].includes(row.call.state)) {
    return `state.${row.call.state}`;
  }
  return row.state === 'reconnecting' ? 'state.line_lost' : `state.${row.state}`;
}
