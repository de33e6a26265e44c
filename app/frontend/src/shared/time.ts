// Times as the hotline reads them: always the wall clock of Shanghai, lengths as minutes and seconds.

const zone = 'Asia/Shanghai';

/** `2:14`, and `1:02:14` beyond an hour; never negative. */
export function spell(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const seconds = String(all % 60).padStart(2, '0');
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

const clockFormat = new Intl.DateTimeFormat('zh-CN', {
  timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
const dayFormat = new Intl.DateTimeFormat('zh-CN', {
  timeZone: zone, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});
const dateFormat = new Intl.DateTimeFormat('en-CA', { timeZone: zone });

/** `10:41:07` */
export function clockTime(moment: string): string {
  return clockFormat.format(new Date(moment));
}

/** `11/23 10:41` */
export function dayAndTime(moment: string): string {
  return dayFormat.format(new Date(moment));
}

/** `2026-12-31`; a plain date passes unchanged. */
export function date(moment: string): string {
  return moment.length <= 10 ? moment : dateFormat.format(new Date(moment));
}
