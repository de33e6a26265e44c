// The first letters of a Chinese name as they are read, by the order that the browser itself sorts by. Pure.

const letters = 'ABCDEFGHJKLMNOPQRSTWXYZ';
/** The first character of each letter in the order of Hanyu Pinyin. */
const first = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨它穵夕丫帀'];
const order = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
const isHan = /\p{Script=Han}/u;

/** `陈小明` gives `cxm`; letters and digits stay as they are. A character read in two ways gives one of them. */
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
