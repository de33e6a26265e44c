// A small window into the desk for browser tests and for support: it only reads.
import { toRaw, type Ref } from 'vue';

import type { DeskState } from './deskTypes';
import type { Link } from './useDesk';
import type { PhoneHandle } from './usePhone';

/** What `window.hotlineDesk` offers. */
export interface DeskProbe {
  state(): DeskState | null;
  link(): Link;
  phone(): {
    registered: boolean;
    line: string;
    /** Exchange → how the phone stands there. */
    lines: Record<string, string>;
    at: string | null;
    session: string;
    resumes: boolean;
    muted: boolean;
    rescue: string;
    /** Milliseconds since the epoch, or null before the first sound. */
    lastInboundAt: number | null;
    talking: boolean;
  };
  /** The last look at the sound: packets in and out, energy, state of the path; null without a call. */
  stats(): object | null;
}

declare global {
  interface Window {
    hotlineDesk?: DeskProbe;
  }
}

export function showProbe(parts: { desk: Ref<DeskState | null>; phone: PhoneHandle; link: Readonly<Ref<Link>> }): void {
  const { desk, phone, link } = parts;
  window.hotlineDesk = Object.freeze({
    state: () => toRaw(desk.value),
    link: () => link.value,
    phone: () => {
      const { line, lines, at, session, resumes, is_muted } = phone.picture.value;
      const lastInbound = phone.health.value?.lastInboundAt ?? null;
      return {
        registered: line === 'registered',
        line,
        lines: Object.fromEntries(lines.map((one) => [one.exchange_id, one.state])),
        at,
        session,
        resumes,
        muted: is_muted,
        rescue: phone.rescue.value,
        lastInboundAt: lastInbound === null ? null : performance.timeOrigin + lastInbound,
        talking: session === 'talking' && phone.hasSound.value,
      };
    },
    stats: () => phone.health.value?.reading ?? null,
  });
}
