// One line of the phone: a SIP user agent that stays registered at one exchange.
import JsSIP from 'jssip';
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA';

import type { PhoneCredentials } from './credentials';
import type { LineState } from './phoneLines';
import { SipSocket } from './sipSocket';

export interface LineNews {
  moved(state: LineState): void;
  rings(ring: IncomingRTCSessionEvent): void;
}

export interface PhoneLine {
  /** Say nothing more to the exchange, whatever is still to be ended. */
  silence(): void;
  close(): void;
}

/** An exchange that is just starting opens the connection and lets the registration fall unread. */
const REGISTERS_WITHIN_MS = 5000;

export type OpenLine = (
  credentials: PhoneCredentials, at: { exchange_id: string; socket: string }, news: LineNews,
) => PhoneLine;

/** Register at one exchange and stay registered; after `close` nothing more is told. */
export const openLine: OpenLine = (credentials, at, news) => {
  const socket = new SipSocket(at.socket);
  const agent = new JsSIP.UA({
    sockets: [socket],
    uri: `sip:${credentials.phone}@${credentials.domain}`,
    authorization_user: credentials.phone,
    password: credentials.secret,
    display_name: credentials.display_name,
    register: true,
    register_expires: 60,
    session_timers: false,
    // The exchange decides how long a phone rings.
    no_answer_timeout: 600,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 2,
  });
  let isOpen = true;
  const tell = (state: LineState) => () => {
    if (isOpen) news.moved(state);
  };
  let patience = 0;
  const untilAnswered = () => {
    window.clearTimeout(patience);
    patience = window.setTimeout(() => socket.giveUp(), REGISTERS_WITHIN_MS);
  };
  const isAnswered = () => window.clearTimeout(patience);
  agent.on('connected', untilAnswered);
  for (const end of ['registered', 'registrationFailed', 'disconnected'] as const) agent.on(end, isAnswered);
  agent.on('connecting', tell('connecting'));
  agent.on('registered', tell('registered'));
  agent.on('disconnected', tell('lost'));
  agent.on('unregistered', tell('lost'));
  agent.on('registrationFailed', ({ cause }) => {
    if (cause === JsSIP.C.causes.REQUEST_TIMEOUT) socket.giveUp();
    else if (cause !== JsSIP.C.causes.CONNECTION_ERROR) tell('refused')();
  });
  agent.on('newRTCSession', (event: RTCSessionEvent) => {
    if (isOpen && event.originator === 'remote') news.rings(event as IncomingRTCSessionEvent);
  });
  tell('connecting')();
  agent.start();
  return {
    silence: () => {
      isOpen = false;
      isAnswered();
      socket.drop();
    },
    close: () => {
      isOpen = false;
      isAnswered();
      agent.stop();
    },
  };
};
