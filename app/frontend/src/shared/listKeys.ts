// Lists and groups by keyboard, as everybody knows them from the system's own.

/**
 * Open a list of choices by an arrow or a letter instead of choosing with it: where a choice acts at once,
 * the first arrow would already have acted, and the second entry could never be reached by keys.
 * Inside the open list arrows only move, and Enter chooses.
 */
export function openByKey(event: KeyboardEvent): void {
  const list = event.target;
  if (!(list instanceof HTMLSelectElement) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const chooses = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End' || (event.key.length === 1 && event.key !== '?');
  // A browser that cannot be asked to open it keeps its own ways.
  if (!chooses || typeof list.showPicker !== 'function') return;
  event.preventDefault();
  list.showPicker();
}

/** Move inside a group of radio buttons or tabs by arrows; what is reached is also chosen. */
export function moveByArrow(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const group = event.currentTarget;
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || !(group instanceof HTMLElement)) return;
  const all = [...group.querySelectorAll<HTMLElement>('[role="radio"], [role="tab"]')];
  const here = all.findIndex((one) => one === event.target);
  const next = all[(here + step + all.length) % all.length];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
  next.click();
}
