// Plain pages: the styles, and two small comforts. Everything works without this script.
import '@tabler/core/dist/css/tabler.min.css';
import './styles/site.css';

import { followDeskKeys } from './shared/deskKeys';
import { keepPartsLive } from './shared/liveParts';
import { followNumberKeys } from './shared/numberKeys';
import { tellPrints } from './shared/prints';
import { wipeAtSignOut } from './shared/signOut';
import { applyTheme } from './shared/theme';
import { keepUnitDraft } from './shared/unitDraft';

applyTheme();
wipeAtSignOut();
keepPartsLive();
tellPrints();
keepUnitDraft();
followDeskKeys();
followNumberKeys();

// A form that was sent is not sent twice by an impatient second click.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
  // A form that is answered with a file leaves its page as it was.
  if (form.querySelector('[data-again]')) return;
  if (form.dataset['sent'] === 'yes') {
    event.preventDefault();
    return;
  }
  form.dataset['sent'] = 'yes';
  form.setAttribute('aria-busy', 'true');
});

// Coming back by the browser's Back button shows the old page: it may send again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) {
    delete form.dataset['sent'];
    form.removeAttribute('aria-busy');
  }
});

// Long work is done in steps, each of which says how far it is.
document.querySelector<HTMLFormElement>('form[data-goes-on]')?.requestSubmit();

// What a person got wrong comes first: the field, the group of buttons; else what is said of the whole form.
const wrong = document.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]');
(wrong ?? document.querySelector<HTMLElement>('[data-refused]'))?.focus();
