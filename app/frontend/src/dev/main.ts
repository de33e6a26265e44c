// The harness: `?scene=ringing&lang=en` shows the desk in that scene; `window.server` plays on from there.
import '@tabler/core/dist/css/tabler.min.css';
import '../styles/site.css';

import { createApp } from 'vue';

import AgentDesk from '../islands/agent_desk/AgentDesk.vue';
import { buildI18n, fetchTexts, type Language } from '../shared/language';
import { applyTheme } from '../shared/theme';
import { withRealPhone } from './bedScene';
import { FakeServer } from './fakeServer';
import { scenes } from './scenes';

const asked = new URLSearchParams(location.search);
const language = (asked.get('lang') ?? 'zh-CN') as Language;
document.documentElement.lang = language;
if (asked.get('theme')) localStorage.setItem('hotline-theme', asked.get('theme') ?? 'light');
applyTheme();

const server = new FakeServer();
(window as unknown as { server: FakeServer }).server = server;
scenes[asked.get('scene') ?? 'ready']?.(server);
const wire = asked.has('socket') ? withRealPhone(server, asked) : server.wire();

createApp(AgentDesk, {
  root: '',
  site_name: '12345',
  places: { calls: true, tickets: true, simulator: true },
  wire,
})
  .use(buildI18n(language, await fetchTexts(language)))
  .mount('[data-island]');
