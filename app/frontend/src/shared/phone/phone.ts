// The phone in the page: a line to each exchange, at most one conversation, a few named states.
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRTCSessionEvent } from 'jssip/lib/UA';

import type { PhoneCredentials } from './credentials';
import { openLine, type OpenLine, type PhoneLine } from './phoneLine';
import { onRing, overall, withLine, type LinePicture, type LineState } from './phoneLines';
import { microphoneWish, toSpeaker } from './soundDevices';

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
  /** The line in use, or the best of them; `lines` has each. */
  line: LineState;
  lines: LinePicture[];
  session: SessionState;
  /** The exchange of the conversation. */
  at: string | null;
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
  line: 'off', lines: [], session: 'none', at: null, resumes: false, caller: null, is_muted: false,
  microphone: 'unasked', ended: null,
};

export interface Phone {
  /** New lines to all exchanges, in place of those there are. */
  start(credentials: PhoneCredentials): void;
  /** New lines only where none works or is just coming up. */
  mend(credentials: PhoneCredentials): void;
  /** Let go of everything without a word to the exchange. */
  drop(): void;
  answer(): void;
  hangUp(): void;
  mute(isMuted: boolean): void;
  peer(): RTCPeerConnection | null;
}

const CANDIDATES_SETTLE_MS = 120;

/** Make the phone; `tell` hears every change of its picture. */
export function createPhone(tell: (picture: PhonePicture) => void, open: OpenLine = openLine): Phone {
  let picture = phoneOff;
  const lines = new Map<string, PhoneLine>();
  let session: RTCSession | null = null;
  const speaker = new Audio();
  speaker.autoplay = true;

  function show(change: Partial<PhonePicture>): void {
    const next = { ...picture, ...change };
    picture = { ...next, line: overall(next.lines, next.at) };
    tell(picture);
  }

  function move(to: SessionState, change: Partial<PhonePicture> = {}): void {
    if (!mayMove(picture.session, to)) return;
    show({ session: to, ...change });
  }

  // ---- lines -------------------------------------------------------------------------------

  function start(credentials: PhoneCredentials): void {
    if (lines.size > 0) drop();
    mend(credentials);
  }

  function mend(credentials: PhoneCredentials): void {
    const wanted = new Set(credentials.lines.map((one) => one.exchange_id));
    for (const gone of [...lines.keys()].filter((id) => !wanted.has(id))) closeLine(gone);
    for (const at of credentials.lines) if (!works(at.exchange_id)) begin(credentials, at);
  }

  function works(exchangeId: string): boolean {
    const state = picture.lines.find((one) => one.exchange_id === exchangeId)?.state;
    return state === 'registered' || state === 'connecting';
  }

  function begin(credentials: PhoneCredentials, at: PhoneCredentials['lines'][number]): void {
    const id = at.exchange_id;
    const old = lines.get(id);
    old?.silence();
    old?.close();
    const line = open(credentials, at, {
      moved: (state) => show({ lines: withLine(picture.lines, id, state) }),
      rings: (ring) => takeIncoming(id, ring),
    });
    lines.set(id, line);
  }

  function closeLine(id: string): void {
    const line = lines.get(id);
    lines.delete(id);
    line?.silence();
    if (picture.at === id) letGo('dropped');
    line?.close();
    show({ lines: picture.lines.filter((one) => one.exchange_id !== id) });
  }

  function drop(): void {
    const old = [...lines.values()];
    lines.clear();
    for (const line of old) line.silence();
    letGo('dropped');
    for (const line of old) line.close();
    show({ lines: [] });
  }

  // ---- the conversation --------------------------------------------------------------------

  function takeIncoming(from: string, { session: incoming, request }: IncomingRTCSessionEvent): void {
    const resumes = request.getHeader('X-Hotline-Resume')?.trim().toLowerCase() === 'yes';
    const verdict = onRing(picture, { from, resumes });
    if (verdict === 'busy') {
      incoming.terminate({ status_code: 486 });
      return;
    }
    // The exchange has parted the caller from the old leg already; what is left of it is an empty shell.
    if (verdict === 'replace') letGo('dropped');
    session = incoming;
    follow(incoming);
    move('ringing', {
      at: from,
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
        toSpeaker(speaker);
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
    show({ session: 'none', at: null, resumes: false, caller: null, ended, is_muted: ended === 'dropped' && picture.is_muted });
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

  function answer(): void {
    if (!session || picture.session !== 'ringing') return;
    move('answering');
    try {
      session.answer({ mediaConstraints: { audio: microphoneWish(), video: false }, pcConfig: { iceServers: [] } });
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
    start, mend, drop, answer, hangUp, mute,
    peer: () => (session?.connection as RTCPeerConnection | undefined) ?? null,
  };
}
