// The whole desk in a page of its own, at a server that lives in the page, with time in the test's hands.
import { mount, type VueWrapper } from '@vue/test-utils';
import { vi } from 'vitest';

import type { FakeServer } from '../src/dev/fakeServer';
import type { DeskWire } from '../src/islands/agent_desk/deskWire';
import AgentDesk from '../src/islands/agent_desk/AgentDesk.vue';
// Fetched here, so that opening one waits for no file.
import '../src/islands/agent_desk/DeskDialogs.vue';
import '../src/islands/agent_desk/TicketForm.vue';
import type { Vault } from '../src/shared/vault';
import { textsIn } from './texts';

export const pass = (wait: number) => vi.advanceTimersByTimeAsync(wait);

/** Open the desk and let it settle; a vault of the test's own outlives the page, `wire` where it is not the server's own. */
export async function openDesk(server: FakeServer, vault?: Vault, wire: DeskWire = server.wire()): Promise<VueWrapper> {
  const page = mount(AgentDesk, {
    props: { root: '', site_name: '12345', places: {}, wire, ...(vault && { vault }) },
    global: { plugins: [textsIn('zh-CN')] },
    attachTo: document.body,
  });
  await pass(100);
  return page as unknown as VueWrapper;
}
