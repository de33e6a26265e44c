// Questions by number keys: in [data-number-keys] a digit answers the question in which the reader
// stands, else the first that has no answer. From elsewhere on the page it is pressed with Alt, so that
// no stray digit answers (WCAG 2.1.4); who stands in the questions needs no Alt. A question whose answers are no numbers is
// counted: 1 is its first answer. Then the next question is in hand.
const TYPED_IN = 'input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable]';

/** Follow the digits of a page; returns what stops it. */
export function followNumberKeys(page: Document = document): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.shiftKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TYPED_IN)) return;
    const digit = digitOf(event, target?.closest('[data-number-keys]') != null);
    if (digit && answer(page, digit)) event.preventDefault();
  };
  page.addEventListener('keydown', press);
  return () => page.removeEventListener('keydown', press);
}

/** The digit that answers: with Alt by its place on the keyboard, for what Alt makes of it differs. */
function digitOf(event: KeyboardEvent, isInQuestions: boolean): string | null {
  if (event.altKey) return /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? null;
  return isInQuestions && /^[1-9]$/.test(event.key) ? event.key : null;
}

function answer(page: Document, digit: string): boolean {
  const form = page.querySelector<HTMLElement>('[data-number-keys]');
  if (!form) return false;
  const questions = [...form.querySelectorAll('fieldset')].map((one) => [...one.querySelectorAll<HTMLInputElement>('input[type="radio"]')]).filter((one) => one.length > 0);
  const isOpen = (radios: HTMLInputElement[]) => !radios.some((one) => one.checked);
  const here = questions.find((radios) => radios.some((one) => one === page.activeElement) && isOpen(radios)) ?? questions.find(isOpen);
  const asked = here ?? questions.find((radios) => radios.some((one) => one === page.activeElement));
  if (!asked) return false;
  const isMarks = asked.every((one) => /^[1-9]$/.test(one.value));
  const chosen = isMarks ? asked.find((one) => one.value === digit) : asked[Number(digit) - 1];
  if (!chosen) return false;
  chosen.checked = true;
  chosen.dispatchEvent(new Event('change', { bubbles: true }));
  (questions.find(isOpen)?.[0] ?? chosen).focus();
  return true;
}
