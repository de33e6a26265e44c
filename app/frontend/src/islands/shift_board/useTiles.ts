// The board's tiles: which figures, in which words, each with its formula and its parts.
import { computed, type Ref } from 'vue';
import type { useI18n } from 'vue-i18n';

import { dayAndTime, spell } from '../../shared/time';
import type { Board, Share } from './boardTypes';
import { percent, toneOf, type Tone } from './boardWords';

export interface Tile {
  id: string;
  label: string;
  value: string;
  note?: string;
  tone?: Tone;
  formula: string[];
}

type Translate = ReturnType<typeof useI18n>['t'];

export function useTiles(board: Readonly<Ref<Board | null>>, now: Readonly<Ref<number>>, t: Translate) {
  return computed<Tile[]>(() => {
    const one = board.value;
    if (!one) return [];
    const { figures, policy, line } = one;
    const today = t('board.formula.today', { since: dayAndTime(one.today_since) });
    const parts = (share: Share) => t('board.formula.parts', { part: share.part, whole: share.whole, value: percent(share) });
    const seconds = (value: number | null) => (value === null ? '–' : t('board.seconds', { seconds: Math.round(value) }));
    const rules = { seconds: policy.in_time_seconds, short: policy.short_seconds };
    return [
      {
        id: 'waiting', label: t('board.waiting'), value: String(line.waiting),
        tone: line.waiting > 0 ? 'near' : 'none', formula: [t('board.formula.waiting')],
      },
      {
        id: 'longest', label: t('board.longest'),
        value: line.longest_since ? spell(now.value - Date.parse(line.longest_since)) : '0:00',
        tone: line.longest_since && now.value - Date.parse(line.longest_since) > policy.in_time_seconds * 1000 ? 'bad' : 'none',
        formula: [t('board.formula.longest')],
      },
      {
        id: 'connect', label: t('board.connect'), value: percent(figures.connect), tone: toneOf(figures.connect, policy.connect_goal),
        note: t('board.of', { part: figures.connect.part, whole: figures.connect.whole }),
        formula: [
          t('board.formula.connect', rules), t('board.formula.rolling'), parts(figures.connect),
          t('board.formula.connect_with_short', { ...rules, value: percent(figures.connect_with_short) }),
          t('board.formula.goal', { goal: `${policy.connect_goal * 100}%`, source: 'GB/T 33358' }),
        ],
      },
      {
        id: 'in_time', label: t('board.in_time_today', rules), value: percent(figures.in_time), tone: toneOf(figures.in_time, policy.in_time_goal),
        note: t('board.of', { part: figures.in_time.part, whole: figures.in_time.whole }),
        formula: [
          t('board.formula.in_time', rules), today, parts(figures.in_time),
          t('board.formula.in_time_without_short', { ...rules, value: percent(figures.in_time_without_short) }),
          t('board.formula.aim', { goal: `${policy.in_time_goal * 100}%` }),
        ],
      },
      {
        id: 'missed', label: t('board.missed_today'), value: String(figures.missed), tone: figures.to_call_back > 0 ? 'near' : 'none',
        note: t('board.to_call_back', { count: figures.to_call_back }),
        formula: [t('board.formula.missed', rules), t('board.formula.to_call_back'), today],
      },
      {
        id: 'answered', label: t('board.answered_today'), value: String(figures.waits.answered),
        note: t('board.asa', { seconds: seconds(figures.waits.mean) }),
        formula: [
          t('board.formula.answered'), t('board.formula.asa'),
          t('board.formula.spread', { median: seconds(figures.waits.median), ninetieth: seconds(figures.waits.ninetieth) }), today,
        ],
      },
    ];
  });
}
