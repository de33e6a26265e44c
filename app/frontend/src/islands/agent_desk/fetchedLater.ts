// The parts of the desk that nobody needs before it works; they are fetched as soon as it does.
import { defineAsyncComponent } from 'vue';

const AGAIN_MS = 1000;
const loadTicketForm = () => import('./TicketForm.vue');

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
