// The key is pressed before the phone rings: whose call it takes.
import type { IncomingRTCSessionEvent } from 'jssip/lib/UA';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, ref, shallowRef, type EffectScope } from 'vue';

import { FakeServer } from '../src/dev/fakeServer';
import { makeDesk, makeOffer } from '../src/dev/samples';
import { fromSnapshot } from '../src/islands/agent_desk/applyFact';
import type { DeskState, Offer } from '../src/islands/agent_desk/deskTypes';
import { usePhone, type PhoneHandle } from '../src/islands/agent_desk/usePhone';
import type { LineNews } from '../src/shared/phone/phoneLine';

let scope: EffectScope;
let desk: ReturnType<typeof shallowRef<DeskState | null>>;
let phone: PhoneHandle;
let exchange: LineNews;

/** Let a call arrive at the phone; returns what the phone did with it. */
function rings(): string[] {
  const done: string[] = [];
  const session = { connection: null, on: () => undefined, answer: () => done.push('answered'), terminate: () => done.push('refused') };
  const request = { getHeader: () => '', from: { uri: { user: '138' }, display_name: '12315' } };
  exchange.rings({ session, request } as unknown as IncomingRTCSessionEvent);
  return done;
}
function offered(offer: Offer | null): void {
  desk.value = { ...(desk.value as DeskState), offer };
}

beforeEach(async () => {
  vi.useFakeTimers();
  const server = new FakeServer();
  server.desk = makeDesk({ phone_mode: 'browser', offer: makeOffer() });
  desk = shallowRef<DeskState | null>(fromSnapshot(server.desk, null));
  scope = effectScope();
  phone = scope.run(() => usePhone({
    wire: server.wire(), state: desk as never, leads: ref(true), reconnectNews: () => undefined,
    open: (_credentials, _at, news) => {
      exchange = news;
      news.moved('registered');
      return { silence: () => undefined, close: () => undefined };
    },
  })) as PhoneHandle;
  await vi.advanceTimersByTimeAsync(100);
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

test('a call that was taken before the phone rang is answered as soon as it rings', () => {
  phone.answer();

  expect(rings()).toEqual(['answered']);
});

test('another caller who rings right after a taken offer ended is not answered by itself', async () => {
  phone.answer();
  offered(null);
  await vi.advanceTimersByTimeAsync(500);
  offered(makeOffer({ call_id: 502, offer_id: 9002 }));
  await vi.advanceTimersByTimeAsync(500);

  expect(rings()).toEqual([]);
});

test('another caller is not answered either when his offer is not here yet', async () => {
  phone.answer();
  offered(null);
  await vi.advanceTimersByTimeAsync(500);

  expect(rings()).toEqual([]);
});
