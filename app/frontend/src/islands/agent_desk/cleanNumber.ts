// What is pasted or typed as a telephone number, cleaned: full-width digits, blanks, marks, words around it. Pure.

const WIDE = /[\uFF01-\uFF5E]/g;
/** Hyphens and blanks that people put between digits, in all the spellings that office programs make of them. */
const BETWEEN = /[\s\u00A0\u200B-\u200F\u202A-\u202E\u2060\uFEFF\u2010-\u2015\u2212().\-/]/g;
const NUMBER = /(?:\+|00)?\d{3,18}/;

/** The number in a text, without what stands between its digits; empty when there is none. */
export function cleanNumber(text: string): string {
  const plain = text
    .replace(WIDE, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/^\s*(?:tel|sips?):/i, '')
    .replace(BETWEEN, '');
  return NUMBER.exec(plain)?.[0] ?? '';
}

/** Whether a typed text means a number and not a name. */
export function looksLikeNumber(text: string): boolean {
  const number = cleanNumber(text);
  return number.length >= 3 && !/\p{Letter}/u.test(text.replace(/^\s*(?:tel|sips?):/i, ''));
}
