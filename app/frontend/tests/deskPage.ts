// The whole desk in a page of its own, at a server that lives in the page, with time in the test's hands.
import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, vi } from 'vitest';

import { FakeServer } from '../src/dev/fakeServer';
import { ago, makeCall, makeDesk } from '../src/dev/samples';
import type { DeskWire } from '../src/islands/agent_desk/deskWire';
import AgentDesk from '../src/islands/agent_desk/AgentDesk.vue';
// Fetched here, so that opening one waits for no file.
import '../src/islands/agent_desk/DeskDialogs.vue';
import '../src/islands/agent_desk/TicketForm.vue';
import type { Vault } from '../src/shared/vault';
import { textsIn } from './texts';

interface Parts {
  wire?: DeskWire;
  vault?: Vault;
}

/** The server and the desk of the test that runs now; they change with `open` and `lookAt`. */
export let server: FakeServer;
export let page: VueWrapper;

/** Give each test of a file a server of its own and time that stands still (at `now`), and close its desk at the end. */
export function eachTestHasADesk({ now }: { now?: string } = {}): void {
  beforeEach(() => {
    vi.useFakeTimers();
    if (now) vi.setSystemTime(new Date(now));
    server = new FakeServer();
  });
  afterEach(() => {
    page.unmount();
    vi.useRealTimers();
  });
}

export const pass = (wait: number) => vi.advanceTimersByTimeAsync(wait);

/** Open a desk and let it settle, with another wire than the server's own, or a vault of the test's own. */
export async function openDesk(at: FakeServer, { wire = at.wire(), vault }: Parts = {}): Promise<VueWrapper> {
  const opened = mount(AgentDesk, {
    props: { root: '', site_name: '12345', places: {}, wire, ...(vault && { vault }) },
    global: { plugins: [textsIn('zh-CN')] },
    attachTo: document.body,
  });
  await pass(100);
  return opened as unknown as VueWrapper;
}

/** Open the desk of this test. */
export async function open(parts: Parts = {}): Promise<void> {
  page = await openDesk(server, parts);
}

/** Open it in the middle of a call. */
export async function openInACall(): Promise<void> {
  server.desk = makeDesk({ call: makeCall(), presence: talking() });
  await open();
}

/** Turn to another desk that is open, and to its server. */
export function lookAt(itsServer: FakeServer, its: VueWrapper): void {
  server = itsServer;
  page = its;
}

/** The state of an agent who has talked for a few seconds. */
export const talking = () => ({ ...makeDesk().presence, state: 'talking' as const, since: ago(9) });

export const found = (id: string) => page.find(`[data-testid="${id}"]`);
export const chord = { ctrlKey: true, shiftKey: true };

/** Press a key somewhere on the page, and let what it does be done. */
export async function press(code: string, more: KeyboardEventInit = {}): Promise<void> {
  window.dispatchEvent(new KeyboardEvent('keydown', { code, key: code, ...more }));
  await pass(300);
}
