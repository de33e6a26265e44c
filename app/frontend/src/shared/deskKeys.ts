// Lists and pages of tickets by keyboard. A key does what its button does. Letters and digits are pressed
// with Alt, so that no stray one decides anything (WCAG 2.1.4); Enter and Escape are pressed alone. While
// somebody types in a field, composes with an input method or holds another modifier, every key is his own.

const TYPED_IN = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable]';

/** Follow the keys of a page; does nothing where nothing carries one. Returns what stops it. */
export function followDeskKeys(page: Document = document): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.shiftKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const target = event.target;
    if (target instanceof Element && target.closest(TYPED_IN)) return;
    const key = keyOf(event);
    if (key && (pressButton(page, key) || moveInRows(page, key))) event.preventDefault();
  };
  page.addEventListener('keydown', press);
  return () => page.removeEventListener('keydown', press);
}

/** `a` for Alt+A, by its place on the keyboard: what Alt makes of a letter differs; `enter` for Enter alone. */
function keyOf(event: KeyboardEvent): string | null {
  if (event.altKey) return /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1]?.toLowerCase() ?? null;
  return event.key.length > 1 ? event.key.toLowerCase() : null;
}

function pressButton(page: Document, key: string): boolean {
  for (const each of page.querySelectorAll<HTMLElement>('[data-key]')) {
    if (each.dataset['key']?.toLowerCase() !== key) continue;
    each.click();
    return true;
  }
  return false;
}

function moveInRows(page: Document, key: string): boolean {
  const rows = [...page.querySelectorAll<HTMLElement>('[data-key-rows] [data-key-row]')];
  if (rows.length === 0) return false;
  const here = rows.findIndex((row) => row.contains(page.activeElement));
  const row = rows[here];
  switch (key) {
    case 'j':
      rows[Math.min(here + 1, rows.length - 1)]?.focus();
      return true;
    case 'k':
      rows[Math.max(here - 1, 0)]?.focus();
      return true;
    case 'enter':
      // On a link or a button inside the row Enter is the browser's own.
      return row !== undefined && page.activeElement === row && click(row, '[data-opens]');
    case 't':
      return row !== undefined && click(row, '[data-takes]');
    case 'x':
      return row !== undefined && click(row, 'input[type="checkbox"]');
    default:
      return false;
  }
}

function click(row: HTMLElement, what: string): boolean {
  const found = row.querySelector<HTMLElement>(what);
  found?.click();
  return found !== null;
}
