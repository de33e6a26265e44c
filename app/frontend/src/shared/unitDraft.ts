// A unit's result on a bad line: what is typed is kept, what is sent while the line is down waits
// in this page and is sent once when it is back. The page works without any of this.
import { openVault, type Vault } from './vault';

// A line that is said to be back often is not yet: soon again at first, then less and less often.
const LOOK_AGAIN_MS = { first: 1000, most: 15_000 };
const KEPT_AFTER_MS = 400;

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

/** Put a draft back, unless the page itself brought what was typed before. */
export function putBack(form: HTMLFormElement, draft: Draft): boolean {
  if (Object.keys(typedInto(form).fields).length || !Object.keys(draft.fields).length) return false;
  for (const [name, value] of Object.entries(draft.fields)) {
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`)) {
      if (field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')) field.checked = field.value === value;
      else if (field.type !== 'file') field.value = value;
    }
  }
  const key = keyField(form);
  if (key && draft.onceKey) key.value = draft.onceKey;
  return true;
}

const keyField = (form: HTMLFormElement) => form.querySelector<HTMLInputElement>('[name$="-once_key"]');

export function keepUnitDraft(vault: Vault | null = null): void {
  const form = document.querySelector<HTMLFormElement>('#unit-result');
  const says = form?.querySelector<HTMLElement>('[data-draft-says]');
  if (!form || !says) return;
  const kept = vault ?? openVault();
  const name = `unit-result:${form.action}`;
  let waiting: FormData | null = null;
  let isSending = false;
  let later: number | undefined;
  let pause = LOOK_AGAIN_MS.first;
  const say = (what: string) => {
    says.textContent = says.dataset[what] ?? '';
    says.hidden = !says.textContent;
  };

  void kept.read<Draft>(name).then((draft) => {
    if (draft && putBack(form, draft)) say('photos');
  });
  form.addEventListener('input', () => {
    window.clearTimeout(later);
    later = window.setTimeout(() => {
      void kept.write(name, typedInto(form)).then((isDone) => {
        if (isDone && !waiting) say('kept');
      });
    }, KEPT_AFTER_MS);
  });

  async function send(): Promise<void> {
    if (!waiting || isSending || !form) return;
    isSending = true;
    try {
      say('sending');
      const answer = await fetch(form.action, { method: 'POST', body: waiting });
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
    waiting = new FormData(form);
    void kept.write(name, typedInto(form));
    if (navigator.onLine) void send();
    else say('waits');
  });
  window.addEventListener('online', () => {
    pause = LOOK_AGAIN_MS.first;
    void send();
  });
}
