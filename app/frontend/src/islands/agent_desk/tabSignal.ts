// The browser tab follows the ring: title and favicon, for an agent who looks at another window.

const FLASH_MS = 900;

const icon = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${colour}"/><path d="M9 8h4l2 5-2.500 1.500a11 11 0 0 0 5 5l1.500-2.500 5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 7 10a2 2 0 0 1 2-2" fill="#fff"/></svg>`;

/** Let the title blink between two words while it rings; gives back what stops it. */
export function flashTab(titles: readonly [string, string], colour: string): () => void {
  let at = 0;
  const show = () => signalTab(titles[at++ % 2 ? 1 : 0], colour);
  show();
  const timer = window.setInterval(show, FLASH_MS);
  return () => window.clearInterval(timer);
}

/** `colour` null gives the favicon of the page back. */
export function signalTab(title: string, colour: string | null): void {
  document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  link.dataset['calm'] ??= link.href;
  const address = colour === null ? link.dataset['calm'] : `data:image/svg+xml,${encodeURIComponent(icon(colour))}`;
  if (link.href !== address) link.href = address;
}
