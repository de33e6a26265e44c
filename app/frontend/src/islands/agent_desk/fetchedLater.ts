// The parts of the desk that nobody needs before it works; they are fetched as soon as it does.
import { defineAsyncComponent } from 'vue';

const AGAIN_MS = 1000;
let loading: ReturnType<typeof fetchTicketForm> | null = null;
const fetchTicketForm = () => import('./TicketForm.vue');

/** Kept once it is here, so that waiting for it then takes no longer than a tick. */
export function loadTicketForm(): ReturnType<typeof fetchTicketForm> {
  loading ??= fetchTicketForm().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** A second form in a call. Where a cut came before it was here, it is asked for until it comes. */
export const TicketForm = defineAsyncComponent({
  loader: loadTicketForm,
  delay: 0,
  onError: (_error, retry) => window.setTimeout(retry, AGAIN_MS),
});

/** Every window over the desk; the ticket form comes with them. */
export async function fetchLater() {
  const [{ default: dialogs }] = await Promise.all([import('./DeskDialogs.vue'), loadTicketForm()]);
  return dialogs;
}
