// The desk's two wires: questions by HTTP, news by socket. The dev harness puts its own in their place.
import { io } from 'socket.io-client';

import { askAt, Refused, SignedOut, type Ask, type AskOptions } from '../../shared/http';
import type { PhoneCredentials } from '../../shared/phone/credentials';
import type {
  Board, Callee, Desk, Directory, Fact, Lag, MissedCaller, Moment, NoCallVerdict, Outcome, OwnDay, OwnSettings, Suggestion,
} from './deskTypes';
import type { AlikeTicket, KnownPlace, PersonalTrace } from './formTypes';

const CLOSED_AGAIN_MS = 1000;

export interface News {
  hello(body: { number: number; now: Moment }): void;
  /** All that one save told this desk, in order. */
  facts(facts: Fact[]): void;
  newest(body: { number: number }): void;
  board(board: Board): void;
  link(body: { exchange_id: string; is_up: boolean; lag: Lag }): void;
  goodbye(body: { reason: string }): void;
  connected(): void;
  disconnected(): void;
  /** The server lets the line in no more: its session is over, or the server is just starting. */
  refused(): void;
  /** A question, whichever it was, was refused because nobody is signed in. */
  signedOut(): void;
}

export interface NewsLine {
  /** Begin again on a fresh connection: the old one may be dead without knowing it. */
  reconnect(): void;
  close(): void;
}

export type Wish =
  | 'hold' | 'resume' | 'mute' | 'recording-pause' | 'digits' | 'consult' | 'transfer' | 'join' | 'leave' | `parties/${number}/drop`;

export interface DeskWire {
  snapshot(): Promise<Desk>;
  factsAfter(number: number): Promise<{ facts: Fact[] }>;
  pulse(patience: number): Promise<void>;
  phone(): Promise<PhoneCredentials>;
  setPresence(state: string, reason: string | null): Promise<void>;
  setNextState(state: string, reason: string | null): Promise<void>;
  answer(callId: number): Promise<void>;
  hangUp(callId: number): Promise<void>;
  /** A wish about the call on the desk; what comes of it is a fact. */
  wish(callId: number, what: Wish, body?: object): Promise<void>;
  callOut(whom: Callee, shownNumber: string): Promise<void>;
  directory(): Promise<Directory>;
  callBacks(days: number): Promise<{ calls: MissedCaller[] }>;
  callBack(callId: number, act: 'take' | 'release' | 'give-up', body?: object): Promise<void>;
  sendMessage(to: string, text: string, callId: number | null): Promise<void>;
  answerMessage(messageId: number, text: string): Promise<void>;
  seeNotice(noticeId: number): Promise<void>;
  saveSettings(settings: OwnSettings): Promise<void>;
  takeDesk(machine: string): Promise<void>;
  ownDay(): Promise<OwnDay>;
  whyNoCall(): Promise<NoCallVerdict>;
  phoneLost(callId: number, isReady: boolean): Promise<void>;
  saveDraft(callId: number, version: number, body: object, outlives?: boolean): Promise<{ version: number; saved_at: Moment }>;
  saveRecord(callId: number, body: object): Promise<{ outcome: Outcome }>;
  chooseCaller(callId: number, callerId: number | null): Promise<void>;
  lookAgain(callId: number): Promise<void>;
  openTicket(callId: number, body: object): Promise<{ outcome: Outcome; outcomes: Outcome[]; was_there: boolean }>;
  sameMatter(callId: number, body: object): Promise<{ outcome: Outcome }>;
  /** Numbers of this browser alone, so that no other one tells them to a caller of its own. */
  reserveNumbers(machine: string): Promise<{ numbers: string[] }>;
  alikeTickets(callId: number, about: Record<string, string>): Promise<{ tickets: AlikeTicket[] }>;
  knownPlaces(text: string, county: string): Promise<{ places: KnownPlace[] }>;
  traces(texts: Record<string, string>): Promise<{ traces: PersonalTrace[] }>;
  finishWrapUp(callId: number, code: string, nextState: string): Promise<void>;
  extendWrapUp(): Promise<void>;
  suggestions(text: string, line: string): Promise<{ suggestions: Suggestion[] }>;
  places(county: string): Promise<{ towns: { code: string; name: string }[] }>;
  changeLanguage(locale: string): Promise<void>;
  listen(news: News): NewsLine;
}

/** The real wires of the site under `root`. */
export function openDeskWire(root: string): DeskWire {
  const asked = askAt(root);
  let heardBy: News | null = null;
  // Whoever asked: the end of the session is told to the desk, which says it once for all of them.
  const ask: Ask = async <T>(method: string, path: string, options: AskOptions = {}): Promise<T> => {
    try {
      return await asked<T>(method, path, options).catch(async (error: unknown) => {
        if (!isOlderThanSession(error)) throw error;
        // Its person changed the password or signed in again elsewhere: the snapshot brings the token of now.
        await asked('GET', '/desk/snapshot');
        return asked<T>(method, path, options);
      });
    } catch (error) {
      if (error instanceof SignedOut) heardBy?.signedOut();
      throw error;
    }
  };
  const post = (path: string, body: object = {}) => ask<void>('POST', path, { body });
  const call = (id: number, path: string) => `/desk/calls/${id}/${path}`;
  return {
    snapshot: () => ask<Desk>('GET', '/desk/snapshot'),
    factsAfter: (number) => ask<{ facts: Fact[] }>('GET', `/desk/facts?after=${number}`),
    pulse: (patience) => ask<void>('GET', '/desk/pulse', { patience }),
    phone: () => ask<PhoneCredentials>('GET', '/desk/phone', { patience: 3000 }),
    setPresence: (state, reason) => post('/desk/presence', reason ? { state, reason } : { state }),
    setNextState: (state, reason) => post('/desk/next-state', reason ? { state, reason } : { state }),
    answer: (id) => post(call(id, 'answer')),
    hangUp: (id) => ask<void>('POST', call(id, 'hang-up'), { body: {}, patience: 3000 }),
    wish: (id, what, body = {}) => post(call(id, what), body),
    callOut: (whom, shown_number) => post('/desk/calls-out', { ...whom, shown_number }),
    directory: () => ask<Directory>('GET', '/desk/directory'),
    callBacks: (days) => ask('GET', `/desk/call-backs?days=${days}`),
    callBack: (id, act, body = {}) => post(`/desk/call-backs/${id}/${act}`, body),
    sendMessage: (to, text, call_id) => post('/desk/messages', call_id === null ? { to, text } : { to, text, call_id }),
    answerMessage: (id, text) => post(`/desk/messages/${id}/answer`, { text }),
    seeNotice: (noticeId) => post(`/desk/notices/${noticeId}/seen`),
    saveSettings: (settings) => ask<void>('PUT', '/desk/settings', { body: settings }),
    takeDesk: (machine) => post('/desk/machine', { machine }),
    ownDay: () => ask<OwnDay>('GET', '/desk/own-day'),
    whyNoCall: () => ask<NoCallVerdict>('GET', '/desk/why-no-call', { patience: 4000 }),
    phoneLost: (id, is_ready) =>
      ask<void>('POST', call(id, 'phone-lost'), { body: { is_ready }, patience: 2000 }),
    saveDraft: (id, version, body, outlives = false) =>
      ask('PUT', call(id, 'draft'), { body: { version, body }, outlives, patience: 4000 }),
    saveRecord: (id, body) => ask('POST', call(id, 'enquiry-record'), { body }),
    openTicket: (id, body) => ask('POST', call(id, 'ticket'), { body }),
    chooseCaller: (id, caller_id) => ask<void>('PUT', call(id, 'caller'), { body: { caller_id: caller_id ?? 0 } }),
    lookAgain: (id) => post(call(id, 'look-again')),
    sameMatter: (id, body) => ask('POST', call(id, 'same-matter'), { body }),
    reserveNumbers: (machine) => ask('POST', '/desk/ticket-numbers', { body: { machine }, patience: 4000 }),
    alikeTickets: (id, about) => ask('POST', call(id, 'alike-tickets'), { body: about, patience: 4000 }),
    knownPlaces: (text, county) => ask('POST', '/desk/known-places', { body: { text, county }, patience: 4000 }),
    traces: (texts) => ask('POST', '/desk/traces', { body: texts, patience: 4000 }),
    finishWrapUp: (call_id, code, next_state) => post('/desk/wrap-up/finish', { call_id, code, next_state }),
    extendWrapUp: () => post('/desk/wrap-up/extend'),
    suggestions: (text, line) =>
      ask('POST', '/desk/suggestions', { body: { text, line }, patience: 4000 }),
    places: (county) => ask('GET', `/desk/places?${new URLSearchParams({ county })}`),
    changeLanguage: (locale) => changeLanguage(root, locale),
    listen: (news) => {
      heardBy = news;
      return listen(root, news);
    },
  };
}

const isOlderThanSession = (error: unknown) => error instanceof Refused && error.refusal.code === 'csrf';

/** The language is kept by the same form as on plain pages. */
async function changeLanguage(root: string, locale: string): Promise<void> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
  await fetch(`${root}/language`, {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRFToken': token },
    body: new URLSearchParams({ locale, next: '/desk', csrf_token: token }),
    redirect: 'manual',
  });
}

function listen(root: string, news: News): NewsLine {
  let again = 0;
  const socket = io({
    path: `${root}/socket.io`,
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 2000,
    timeout: 3000,
  });
  socket.on('hello', (body) => news.hello(body));
  socket.on('facts', (facts) => news.facts(facts));
  socket.on('newest', (body) => news.newest(body));
  socket.on('board', (board) => news.board(board));
  socket.on('link', (body) => news.link(body));
  socket.on('goodbye', (body) => news.goodbye(body));
  socket.on('connect', () => news.connected());
  socket.on('disconnect', (why) => {
    news.disconnected();
    // Closed by the server on purpose: the library itself does not come back then.
    if (why === 'io server disconnect') again = window.setTimeout(() => socket.connect(), CLOSED_AGAIN_MS);
  });
  socket.on('connect_error', () => {
    news.disconnected();
    // Refused at the door: the library does not knock again by itself.
    if (!socket.active) news.refused();
  });
  return {
    reconnect: () => {
      socket.disconnect();
      socket.connect();
    },
    close: () => {
      window.clearTimeout(again);
      socket.disconnect();
    },
  };
}
