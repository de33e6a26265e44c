// Words for codes that the server may extend: an unknown one is shown as it came, never as a key.
import { languageOfPage } from './language';

type Translate = (key: string) => string;
type Knows = (key: string) => boolean;

/** Make what says a code of this group: in our words, else as it came. */
export function wordOf(group: string) {
  return (t: Translate, te: Knows, code: string): string => {
    const key = `${group}.${code}`;
    return te(key) ? t(key) : code;
  };
}

interface Names {
  name_zh: string;
  name_en: string;
}

let reasonNames: Record<string, Names> = {};

/** Remember how the city itself calls its reasons: a snapshot brings them. */
export function learnReasons(names: Record<string, Names>): void {
  reasonNames = names;
}

const knownReason = wordOf('reason');

/** Why somebody is not ready: in the city's own words, else in ours. */
export function reasonWord(t: Translate, te: Knows, code: string): string {
  const names = reasonNames[code];
  if (!names) return knownReason(t, te, code);
  return languageOfPage() === 'en' ? names.name_en : names.name_zh;
}
