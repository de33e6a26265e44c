// Light by default, dark by choice; the choice is kept in this browser.
const KEY = 'hotline-theme';

/** Show the page as chosen before. */
export function applyTheme(): void {
  document.documentElement.dataset['bsTheme'] = isDark() ? 'dark' : 'light';
}

export function isDark(): boolean {
  return localStorage.getItem(KEY) === 'dark';
}

export function toggleTheme(): void {
  localStorage.setItem(KEY, isDark() ? 'light' : 'dark');
  applyTheme();
}
