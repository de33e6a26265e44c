// The two languages of the screens: which one the page asks for, and changing it in mid-call.
import { createI18n } from 'vue-i18n';

import en from '../locales/en.json';
import zh from '../locales/zh-CN.json';

export type Language = 'zh-CN' | 'en';

/** The language that the server wrote on the page. */
export function languageOfPage(): Language {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh-CN';
}

/** All texts, in the language asked for; the other one is at hand for a change without a reload. */
export function buildI18n(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'zh-CN',
    messages: { 'zh-CN': zh, en },
    missingWarn: import.meta.env.DEV,
    fallbackWarn: import.meta.env.DEV,
  });
}
