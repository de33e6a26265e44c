// The phone in the page: one JsSIP user agent, at most one conversation, a few named states.
import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA';

import type { PhoneCredentials } from './deskTypes';
import { SipSocket } from './sipSocket';

export type SessionState = 'none' | 'ringing' | 'answering' | 'talking';

const moves: Record<SessionState, SessionState[]> = {
  none: ['ringing'],
  ringing: ['answering', 'none'],
  answering: ['talking', 'none'],
  talking: ['none'],
};

/** Whether a conversation may go from one state to the other. */
export function mayMove(from: SessionState, to: SessionState): boolean {
  return moves[from].includes(to);
}

/** What the phone looks like at one moment. */
export interface PhonePicture {
  line: 'off' | 'connecting' | 'registered' | 'lost' | 'refused';
  session: SessionState;
  /** The same conversation goes on: it is answered without a click. */
  resumes: boolean;
  /** What the call itself says, for when the server is away. */
  caller: { number: string; dialled: string } | null;
  is_muted: boolean;
  microphone: 'unasked' | 'ready' | 'refused';
  /** How the last conversation ended: by us, by the far side, or it was given up as dead. */
  ended: 'here' | 'there' | 'dropped' | null;
}

export const phoneOff: PhonePicture = {
  line: 'off', session: 'none', resumes: false, caller: null, is_muted: false, microphone: 'unasked', ended: null,
};

export interface Phone {
  start(credentials: PhoneCredentials): void;
  /** Let go of everything without a word to the exchange. */
  drop(): void;
  answer(): void;
  hangUp(): void;
  mute(isMuted: boolean): void;
  peer(): RTCPeerConnection | null;
}

const CANDIDATES_SETTLE_MS = 120;

interface Running {
  agent: InstanceType<typeof JsSIP.UA>;
  socket: SipSocket;
}

/** Make the phone; `tell` hears every change of its picture. */
export function createPhone(tell: (picture: PhonePicture) => void): Phone {
  let picture = phoneOff;
  let running: Running | null = null;
  let session: RTCSession | null = null;
  const speaker = new Audio();
  speaker.autoplay = true;

  function show(change: Partial<PhonePicture>): void {
    picture = { ...picture, ...change };
    tell(picture);
  }

  function move(to: SessionState, change: Partial<PhonePicture> = {}): void {
    if (!mayMove(picture.session, to)) return;
    show({ session: to, ...change });
  }

  function start(credentials: PhoneCredentials): void {
    if (running) drop();
    const socket = new SipSocket(credentials.socket);
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
    const mine: Running = { agent, socket };
    running = mine;
    const ifMine = (act: () => void) => () => {
      if (running === mine) act();
    };
    agent.on('connecting', ifMine(() => show({ line: 'connecting' })));
    agent.on('registered', ifMine(() => show({ line: 'registered' })));
    agent.on('disconnected', ifMine(() => show({ line: 'lost' })));
    agent.on('unregistered', ifMine(() => show({ line: 'lost' })));
    agent.on('registrationFailed', ifMine(() => show({ line: 'refused' })));
    agent.on('newRTCSession', (event: RTCSessionEvent) => {
      if (running === mine && event.originator === 'remote') takeIncoming(event as IncomingRTCSessionEvent);
    });
    show({ line: 'connecting' });
    agent.start();
  }

  function takeIncoming({ session: incoming, request }: IncomingRTCSessionEvent): void {
    const resumes = request.getHeader('X-Hotline-Resume')?.trim().toLowerCase() === 'yes';
    if (session && !resumes) {
      incoming.terminate({ status_code: 486 });
      return;
    }
    // The exchange has parted the caller from the old leg already; what is left of it is an empty shell.
    if (session) letGo('dropped');
    session = incoming;
    follow(incoming);
    move('ringing', {
      resumes,
      ended: null,
      is_muted: resumes && picture.is_muted,
      caller: {
        number: request.from.uri.user,
        dialled: request.getHeader('X-Hotline-Dialled') ?? request.from.display_name ?? '',
      },
    });
    if (resumes) answer();
  }

  function follow(mine: RTCSession): void {
    const isMine = () => session === mine;
    mine.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', (event) => {
        if (!isMine()) return;
        speaker.srcObject = event.streams[0] ?? new MediaStream([event.track]);
        void speaker.play().catch(playAtNextGesture);
      });
    });
    let settling = 0;
    mine.on('icecandidate', ({ ready }) => {
      // Waiting for every network card would cost seconds; the first addresses are enough.
      window.clearTimeout(settling);
      settling = window.setTimeout(ready, CANDIDATES_SETTLE_MS);
    });
    mine.on('confirmed', () => {
      if (!isMine()) return;
      move('talking', { microphone: 'ready' });
      if (picture.is_muted) mine.mute({ audio: true });
    });
    mine.on('getusermediafailed', () => {
      if (isMine()) show({ microphone: 'refused' });
    });
    const over = (originator: string) => {
      if (isMine()) forget(originator === 'local' ? 'here' : 'there');
    };
    mine.on('ended', ({ originator }) => over(originator));
    mine.on('failed', ({ originator }) => over(originator));
  }

  function playAtNextGesture(): void {
    const again = () => void speaker.play().catch(() => undefined);
    window.addEventListener('pointerdown', again, { once: true });
    window.addEventListener('keydown', again, { once: true });
  }

  function forget(ended: PhonePicture['ended']): void {
    session = null;
    speaker.srcObject = null;
    show({ session: 'none', resumes: false, caller: null, ended, is_muted: ended === 'dropped' && picture.is_muted });
  }

  /** Leave the conversation we have; nobody is told when the socket was dropped before. */
  function letGo(ended: PhonePicture['ended']): void {
    const old = session;
    if (!old) return;
    const peer = old.connection as RTCPeerConnection | undefined;
    forget(ended);
    for (const sender of peer?.getSenders() ?? []) sender.track?.stop();
    try {
      old.terminate();
    } catch {
      // it had ended by itself
    }
    peer?.close();
  }

  function drop(): void {
    const old = running;
    running = null;
    old?.socket.drop();
    letGo('dropped');
    old?.agent.stop();
    show({ line: 'off' });
  }

  function answer(): void {
    if (!session || picture.session !== 'ringing') return;
    move('answering');
    try {
      session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    } catch {
      forget('there');
    }
  }

  function hangUp(): void {
    letGo('here');
  }

  function mute(isMuted: boolean): void {
    if (!session || picture.session !== 'talking') return;
    if (isMuted) session.mute({ audio: true });
    else session.unmute({ audio: true });
    show({ is_muted: isMuted });
  }

  return {
    start, drop, answer, hangUp, mute,
    peer: () => (session?.connection as RTCPeerConnection | undefined) ?? null,
  };
}
