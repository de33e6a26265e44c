// How each of my figures is worked out, with its own numbers put in. Pure; the definitions are those of every report.
import { spell } from '../../shared/time';
import type { OwnDay } from './deskTypes';

export type FigureName = 'handled' | 'handling' | 'occupancy' | 'missed' | 'talk' | 'wrap_up' | 'ready' | 'not_ready' | 'beside';

export interface Figure {
  name: FigureName;
  /** Null: nothing to divide by yet. */
  value: string | null;
  /** What fills the sentence that explains it. */
  parts: Record<string, string | number>;
}

const length = (seconds: number) => spell(seconds * 1000);

export function figuresOf(day: OwnDay): Figure[] {
  const { handling_seconds: handling, occupancy } = day;
  const busy = day.rung + day.talk + day.wrap_up;
  return [
    { name: 'handled', value: String(day.handled), parts: { answered: day.answered, out: day.called_out } },
    {
      name: 'handling', value: handling === null ? null : length(handling),
      parts: { talk: length(day.talk), wrap_up: length(day.wrap_up), handled: day.handled },
    },
    {
      name: 'occupancy', value: occupancy === null ? null : `${(occupancy * 100).toFixed(1)}%`,
      parts: { rung: length(day.rung), talk: length(day.talk), wrap_up: length(day.wrap_up), busy: length(busy), ready: length(day.ready) },
    },
    { name: 'missed', value: String(day.missed), parts: { offered: day.offered } },
    { name: 'talk', value: length(day.talk), parts: {} },
    { name: 'wrap_up', value: length(day.wrap_up), parts: {} },
    { name: 'ready', value: length(day.ready), parts: {} },
    { name: 'not_ready', value: length(day.not_ready), parts: {} },
    { name: 'beside', value: length(day.beside), parts: {} },
  ];
}
