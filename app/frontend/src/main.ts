// Brings the islands to life: each `data-island` place gets its component, its texts and its props.
import '@tabler/core/dist/css/tabler.min.css';
import './styles/site.css';

import { createApp, type Component } from 'vue';

import { keepFocus } from './shared/focusKeeper';
import { buildI18n, fetchTexts, languageOfPage } from './shared/language';
import { wipeAtSignOut } from './shared/signOut';
import { applyTheme } from './shared/theme';

const islands: Record<string, () => Promise<{ default: Component }>> = {
  agent_desk: () => import('./islands/agent_desk/AgentDesk.vue'),
  shift_board: () => import('./islands/shift_board/ShiftBoard.vue'),
};

async function bring(place: HTMLElement): Promise<void> {
  const load = islands[place.dataset['island'] ?? ''];
  if (!load) return;
  const language = languageOfPage();
  const [{ default: island }, texts] = await Promise.all([load(), fetchTexts(language)]);
  const props = JSON.parse(place.dataset['props'] ?? '{}') as Record<string, unknown>;
  createApp(island, props).use(buildI18n(language, texts)).mount(place);
}

applyTheme();
wipeAtSignOut();
keepFocus();
for (const place of document.querySelectorAll<HTMLElement>('[data-island]')) void bring(place);
