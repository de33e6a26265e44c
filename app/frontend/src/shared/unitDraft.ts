// A unit's result on a bad line: what is typed is kept, what is sent while the line is down waits
// in this page and is sent once when it is back. The page works without any of this. What was typed
// outlives a sign-out: sealed in this browser, and put back for the same person alone.
import { beforeSignOut } from './signOut';
import { openVault, type Vault } from './vault';

// A line that is said to be back often is not yet: soon again at first, then less and less often.
const LOOK_AGAIN_MS = { first: 1000, most: 15_000 };
const KEPT_AFTER_MS = 400;
// A line that broke may never say so: then it is sent again, under the same key.
const GIVEN_UP_MS = 180_000;

export interface Draft {
  /** Names the act of handing in: sent twice, it is handed in once. */
  onceKey: string;
  fields: Record<string, string>;
}

const isKept = (name: string) => !/csrf_token|-seen$|-once_key$/.test(name);

/** What is typed into a form, without its files and without what the page itself put there. */
export function typedInto(form: HTMLFormElement): Draft {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && isKept(name) && value) fields[name] = value;
  return { onceKey: keyField(form)?.value ?? '', fields };
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Put a draft back where nothing stands, unless the page itself brought what was typed before. */
export function putBack(form: HTMLFormElement, draft: Draft): boolean {
  if (broughtByPage(form) || !Object.keys(draft.fields).length) return false;
  // A browser that opens a page again may have put some of it back by itself.
  const stands = typedInto(form).fields;
  for (const [name, value] of Object.entries(draft.fields)) {
    if (stands[name]) continue;
    for (const field of form.querySelectorAll<Field>(`[name="${CSS.escape(name)}"]`)) {
      if (isChoice(field)) field.checked = field.value === value;
      else if (field.type !== 'file') field.value = value;
    }
  }
  const key = keyField(form);
  if (key && draft.onceKey) key.value = draft.onceKey;
  return true;
}

const isChoice = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox');

const broughtByPage = (form: HTMLFormElement) =>
  [...form.querySelectorAll<Field>('input[name], textarea[name]')].some(
    (field) => isKept(field.name) && (isChoice(field) ? field.defaultChecked : field.defaultValue),
  );

const keyField = (form: HTMLFormElement) => form.querySelector<HTMLInputElement>('[name$="-once_key"]');

export function keepUnitDraft(vault: Vault | null = null): void {
  const form = document.querySelector<HTMLFormElement>('#unit-result');
  const says = form?.querySelector<HTMLElement>('[data-draft-says]');
  if (!form || !says) return;
  const kept = vault ?? openVault();
  const person = document.querySelector<HTMLElement>('form[data-person]')?.dataset['person'] ?? '0';
  const name = `unit:${person}:${form.action}`;
  let waiting: FormData | null = null;
  let isSending = false;
  let later: number | undefined;
  let writes = 0;
  let pause = LOOK_AGAIN_MS.first;
  const say = (what: string) => {
    says.textContent = says.dataset[what] ?? '';
    says.hidden = !says.textContent;
  };

  void kept.read<Draft>(name).then((draft) => {
    if (draft && putBack(form, draft)) say('photos');
  });
  const keep = () => {
    window.clearTimeout(later);
    later = undefined;
    const asked = ++writes;
    void kept.write(name, typedInto(form)).then((isDone) => {
      if (!waiting && asked === writes && later === undefined) say(isDone && kept.isShared ? 'kept' : 'nothing');
    });
  };
  form.addEventListener('input', (event) => {
    if (!waiting) say('keeping');
    window.clearTimeout(later);
    if (isChoice(event.target as Field)) return keep();
    later = window.setTimeout(keep, KEPT_AFTER_MS);
  });
  // What was handed in and waits for the line would be sent by nobody.
  beforeSignOut.add(() => Promise.resolve(waiting === null));
  window.addEventListener('pagehide', () => {
    if (later !== undefined) keep();
  });

  async function send(): Promise<void> {
    if (!waiting || isSending || !form) return;
    isSending = true;
    try {
      say('sending');
      const answer = await fetch(form.action, { method: 'POST', body: waiting, signal: AbortSignal.timeout(GIVEN_UP_MS) });
      waiting = null;
      if (answer.ok && new URL(answer.url).pathname.endsWith('/unit')) {
        await kept.remove(name);
        window.location.assign(answer.url);
      } else {
        form.submit(); // refused: the page itself says why, beside the field
      }
    } catch {
      say('waits');
      window.setTimeout(() => void send(), pause);
      pause = Math.min(pause * 2, LOOK_AGAIN_MS.most);
    } finally {
      isSending = false;
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (waiting) return;
    window.clearTimeout(later);
    later = undefined;
    waiting = new FormData(form);
    void kept.write(name, typedInto(form));
    // Tried at once, whatever the browser thinks of the line: in a network of its own it knows of none.
    void send();
  });
  window.addEventListener('online', () => {
    pause = LOOK_AGAIN_MS.first;
    void send();
  });
}
