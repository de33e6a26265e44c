// Signing out takes along what was kept in the browser; what is still to be uploaded goes up first.
import { wipeVault } from './vault';

const PATIENCE_MS = 3000;

/** Ask before signing out; `false` keeps the person signed in, because something would get lost. */
export const beforeSignOut = new Set<() => Promise<boolean>>();

/** Let every sign-out form of this page wait for the vault to be empty. */
export function wipeAtSignOut(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.action.endsWith('/sign-out')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void leave(form);
  }, { capture: true });
}

async function leave(form: HTMLFormElement): Promise<void> {
  for (const ask of beforeSignOut) if (!(await ask())) return;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([wipeVault().catch(() => undefined), late]);
  form.submit();
}
