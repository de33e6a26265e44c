// Whoever works by keyboard always has a place: when what had the focus is taken away or cannot be used
// any more, the focus goes to the nearest part of the page that is still there, and is seen there.

const HOMES = 'dialog[open], tr, section, header, footer, aside, main';
/** A button that is off only while its request is on the way gets the focus back. */
const GRACE_MS = 120;

/** Watch over the focus of a page. Returns what stops it. */
export function keepFocus(page: Document = document): () => void {
  let trail: Element[] = [];
  let outside: Element[] = [];
  let timer: number | undefined;

  const follow = (event: FocusEvent): void => {
    if (!(event.target instanceof HTMLElement)) return;
    const isInDialog = event.target.closest('dialog') !== null;
    trail = ancestry(event.target);
    if (!isInDialog) outside = trail;
  };
  const isLost = (): boolean => {
    const [last] = trail;
    const now = page.activeElement;
    return last !== undefined && (now === null || now === page.body || now === last) && !isUsable(last);
  };
  const mend = (): void => {
    timer = undefined;
    const now = page.activeElement;
    const [last] = trail;
    if (now !== null && now !== page.body && now !== last) return;
    if (last instanceof HTMLElement && isUsable(last)) last.focus({ preventScroll: true });
    else goTo(homeIn(trail) ?? homeIn(outside) ?? page.querySelector('main'));
  };
  const look = (): void => {
    if (timer === undefined && isLost()) timer = window.setTimeout(mend, GRACE_MS);
  };

  const watcher = new MutationObserver(look);
  watcher.observe(page.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled', 'hidden', 'open', 'style'] });
  page.addEventListener('focusin', follow);
  return () => {
    watcher.disconnect();
    page.removeEventListener('focusin', follow);
    window.clearTimeout(timer);
  };
}

function ancestry(one: Element): Element[] {
  const all: Element[] = [];
  for (let each: Element | null = one; each; each = each.parentElement) all.push(each);
  return all;
}

function isUsable(one: Element): boolean {
  return one.isConnected && !one.matches(':disabled') && one.checkVisibility();
}

function homeIn(trail: Element[]): HTMLElement | null {
  const home = trail.find((each) => each.matches(HOMES) && isUsable(each));
  return home instanceof HTMLElement ? home : null;
}

function goTo(home: HTMLElement | null): void {
  if (!home) return;
  if (!home.hasAttribute('tabindex')) home.tabIndex = -1;
  home.dataset['focusHome'] = '';
  home.focus({ preventScroll: true });
}
