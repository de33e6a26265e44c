// The two languages of the screens: which one the page asks for, and changing it in mid-call.
import { createI18n } from 'vue-i18n';

import type zh from '../locales/zh-CN.json';

export type Language = 'zh-CN' | 'en';
/** All texts of one language; both have the same keys. */
export type Texts = typeof zh;

const catalogues: Record<Language, () => Promise<{ default: Texts }>> = {
  'zh-CN': () => import('../locales/zh-CN.json'),
  en: () => import('../locales/en.json'),
};

/** The language that the server wrote on the page. */
export function languageOfPage(): Language {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh-CN';
}

/** Fetch the texts of a language; fails where the server cannot be reached. */
export async function fetchTexts(language: Language): Promise<Texts> {
  return (await catalogues[language]()).default;
}

/** All texts, in the language asked for; the other one is fetched when somebody changes to it. */
export function buildI18n(language: Language, texts: Texts) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: language,
    messages: { [language]: texts },
    missingWarn: import.meta.env.DEV,
    fallbackWarn: import.meta.env.DEV,
  });
}

/** What `useI18n` gives, as far as it is needed here. */
interface LanguageOfPage {
  availableLocales: readonly string[];
  locale: { value: string };
  setLocaleMessage(language: string, texts: Texts): void;
}

/** Change the language of a page. Where its texts cannot be fetched, this fails and all stays as it was. */
export async function changeTo(language: Language, page: LanguageOfPage): Promise<void> {
  if (!page.availableLocales.includes(language)) page.setLocaleMessage(language, await fetchTexts(language));
  page.locale.value = language;
  document.documentElement.lang = language;
}
