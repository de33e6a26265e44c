// The desk with a real phone: credentials come by the address, the pulse is a real request.
import type { DeskWire } from '../islands/agent_desk/deskWire';
import type { FakeServer } from './fakeServer';
import { ago, makeCall, makeDesk } from './samples';

/** Put a real phone behind the harness; `call=1` begins in mid-call, as after a reload. */
export function withRealPhone(server: FakeServer, asked: URLSearchParams): DeskWire {
  const since = { reason: null, since: ago(0), until: null, next_state: null, next_reason: null, extensions: 0 };
  server.desk = asked.get('call') === '1'
    ? makeDesk({ phone_mode: 'browser', call: makeCall(), presence: { ...since, state: 'talking' } })
    : makeDesk({ phone_mode: 'browser', presence: { ...since, state: 'ready' } });
  return {
    ...server.wire(),
    phone: () => Promise.resolve({
      mode: 'browser', phone: asked.get('phone') ?? '1006', secret: asked.get('secret') ?? '', domain: 'hotline.invalid',
      display_name: 'Desk', lines: [{ exchange_id: 'hy1', socket: asked.get('socket') ?? '' }],
    }),
    pulse: async (patience) => {
      await fetch('/pulse', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    },
    phoneLost: async (id) => {
      await fetch(`/lost/${id}`, { cache: 'no-store', signal: AbortSignal.timeout(2000) });
    },
    hangUp: async (id) => {
      await fetch(`/hang-up/${id}`, { cache: 'no-store' });
    },
  };
}
