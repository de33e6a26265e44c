// Parts of plain pages that keep themselves fresh: <div data-live="3" data-live-from="/address">
// gets what the address answers every three seconds, while somebody looks and nobody is inside it,
// until it holds something marked data-live-ends.

/** Start keeping every marked part of this page fresh. */
export function keepPartsLive(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-live][data-live-from]')) {
    const seconds = Number(part.dataset['live']);
    if (seconds > 0) window.setInterval(() => void refresh(part), seconds * 1000);
  }
}

/** Fetch a part anew; a person who is about to press a button in it is not disturbed. */
export async function refresh(part: HTMLElement): Promise<void> {
  if (document.hidden || part.contains(document.activeElement) || part.querySelector('[data-live-ends]')) return;
  try {
    const answer = await fetch(part.dataset['liveFrom'] ?? '', { headers: { Accept: 'text/html' }, redirect: 'error' });
    if (!answer.ok) return;
    const html = await answer.text();
    if (!part.contains(document.activeElement)) part.innerHTML = html;
  } catch {
    // The network or the session is away for a moment; the next round tries again.
  }
}
