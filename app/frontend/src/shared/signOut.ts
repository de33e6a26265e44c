// Signing out takes along what was kept in the browser; what has not reached the server is brought up first, or keeps its person here.
import { openVault, type Vault } from './vault';

const PATIENCE_MS = 8000;
const WIPE_PATIENCE_MS = 3000;
/** What a desk keeps that the server does not have yet: `<kind>:<whose>:<what>`. */
const UNSAVED = ['draft', 'upload'];

/** What nobody has handed in yet, and its person may go on with: it stays, sealed, also for the one who leaves. */
const STAYS = 'unit:';

/** Bring up what can be, before signing out; `false` keeps the person signed in, because something would get lost. */
export const beforeSignOut = new Set<() => Promise<boolean>>();

/** Let every sign-out form of this page wait for the vault to be empty. The form says the sentences. */
export function wipeAtSignOut(vault: Vault = openVault()): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.action.endsWith('/sign-out')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void leave(form, vault);
  }, { capture: true });
}

async function leave(form: HTMLFormElement, vault: Vault): Promise<void> {
  say(form, null);
  const mayGo = await Promise.all([...beforeSignOut].map((ask) => ask()));
  const { mine } = await unsaved(vault, form);
  if (mayGo.includes(false) || mine.length) return say(form, form.dataset['kept'] ?? '');
  const answer = await signOut(form).catch(() => null);
  if (answer === null) return say(form, form.dataset['away'] ?? '');
  // A refusal has a page of its own, and nothing was wiped.
  if (answer.type !== 'opaqueredirect') return form.submit();
  const late = new Promise((resolve) => setTimeout(resolve, WIPE_PATIENCE_MS));
  await Promise.race([wipe(vault, form), late]);
  window.location.assign(form.action.replace(/sign-out$/, 'sign-in'));
}

/** The redirect is not followed: the page that says what happened is for the person to see. */
function signOut(form: HTMLFormElement): Promise<Response> {
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  return fetch(form.action, { method: 'POST', body, credentials: 'same-origin', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
}

async function unsaved(vault: Vault, form: HTMLFormElement): Promise<{ mine: string[]; others: string[] }> {
  const names = (await Promise.all(UNSAVED.map((kind) => vault.names(`${kind}:`)))).flat();
  const isMine = (name: string) => name.split(':')[1] === form.dataset['person'];
  return { mine: names.filter(isMine), others: names.filter((name) => !isMine(name)) };
}

/** What another person of this browser has not brought up yet stays sealed for him, and so do results half typed; everything else goes, with the key. */
async function wipe(vault: Vault, form: HTMLFormElement): Promise<void> {
  const { others } = await unsaved(vault, form);
  const staying = [...others, ...(await vault.names(STAYS))];
  if (!staying.length) return vault.wipe();
  for (const name of await vault.names('')) if (!staying.includes(name)) await vault.remove(name);
}

function say(form: HTMLFormElement, sentence: string | null): void {
  document.querySelector('.sign-out-note')?.remove();
  if (!sentence) return;
  const note = document.createElement('div');
  note.className = 'sign-out-note alert alert-warning';
  note.setAttribute('role', 'alert');
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn btn-sm';
  close.textContent = form.dataset['close'] ?? '';
  close.addEventListener('click', () => note.remove());
  note.append(sentence, close);
  document.body.append(note);
  close.focus();
}
