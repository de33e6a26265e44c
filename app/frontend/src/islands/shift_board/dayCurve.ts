// What the curve of the day looks like: bars of calls, a line of the 15-second rate. Pure.
import { clockTime } from '../../shared/time';
import type { Slot } from './boardTypes';

export interface CurveWords {
  requested: string;
  answered: string;
  in_time: string;
}

export interface CurveLook {
  ink: string;
  faint: string;
  size: number;
  /** A family's name: a canvas does not know the word `inherit`. */
  font: string;
  isStill: boolean;
}

const BLUE = '#2f74c8';
const GREY = '#9aa7b8';
const AMBER = '#d9820b';

/** The options for ECharts. A half hour without calls has no rate, and the line has a gap there. */
export function curveOption(slots: Slot[], words: CurveWords, look: CurveLook) {
  const label = { color: look.ink, fontSize: look.size };
  const split = { lineStyle: { color: look.faint } };
  return {
    animation: !look.isStill,
    textStyle: { fontFamily: look.font },
    legend: { top: 0, right: 0, textStyle: label, itemGap: 16 },
    grid: { left: 8, right: 8, top: look.size * 3, bottom: 4, containLabel: true },
    // Written as plain text: the page's policy lets nobody put styles into markup.
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: {
      type: 'category',
      data: slots.map((slot) => clockTime(slot.at).slice(0, 5)),
      axisLabel: { ...label, interval: 3 },
      axisTick: { show: false },
    },
    yAxis: [
      { type: 'value', minInterval: 1, axisLabel: label, splitLine: split },
      { type: 'value', min: 0, max: 100, axisLabel: { ...label, formatter: '{value}%' }, splitLine: { show: false } },
    ],
    series: [
      { name: words.requested, type: 'bar', data: slots.map((slot) => slot.requested), itemStyle: { color: GREY }, barGap: '-100%', z: 1 },
      { name: words.answered, type: 'bar', data: slots.map((slot) => slot.answered), itemStyle: { color: BLUE }, z: 2 },
      {
        name: words.in_time, type: 'line', yAxisIndex: 1, z: 3, symbolSize: 5, connectNulls: false,
        itemStyle: { color: AMBER }, lineStyle: { width: 2 },
        data: slots.map((slot) => (slot.in_time.value === null ? null : Math.floor(slot.in_time.value * 1000) / 10)),
      },
    ],
  };
}
