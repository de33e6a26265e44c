// Both languages at hand, for parts that are mounted alone.
import en from '../src/locales/en.json';
import zh from '../src/locales/zh-CN.json';
import { buildI18n, type Language } from '../src/shared/language';

export const textsIn = (language: Language) => buildI18n(language, language === 'en' ? en : zh);
