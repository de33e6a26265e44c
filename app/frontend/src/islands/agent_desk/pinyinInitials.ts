// The first letters of a Chinese name as they are read, by the order that the browser itself sorts by. Pure.

const letters = 'ABCDEFGHJKLMNOPQRSTWXYZ';
/** The first character of each letter in the order of Hanyu Pinyin. */
const first = [...'\u963f\u516b\u5693\u54d2\u59b8\u53d1\u65ee\u54c8\u8ba5\u5494\u5783\u5988\u62cf\u5662\u5991\u4e03\u5465\u4ee8\u5b83\u7a75\u5915\u4e2b\u5e00'];
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
const isHan = /\p{Script=Han}/u;

/** A name of three characters gives three letters; letters and digits stay as they are. A character read in two ways gives one of them. */
export function initialsOf(name: string): string {
  return [...name.normalize('NFKC').toLowerCase()]
    .map((sign) => (isHan.test(sign) ? letterOf(sign) : /[a-z0-9]/.test(sign) ? sign : ''))
    .join('');
}

function letterOf(sign: string): string {
  let found = -1;
  for (const [position, begins] of first.entries()) {
    if (order.compare(sign, begins) >= 0) found = position;
  }
  return (letters[found] ?? '').toLowerCase();
}
