// The board's two wires: acts by HTTP, pictures by socket. Tests put their own in their place.
import { io } from 'socket.io-client';

import { askAt, type Ask } from '../../shared/http';
import type { PhoneCredentials } from '../../shared/phone/credentials';
import type { Board, ForcedState, Held, Mode, Why } from './boardTypes';

export interface BoardNews {
  board(board: Board): void;
  holds(held: Held): void;
  goodbye(): void;
  connected(): void;
  disconnected(): void;
  /** The server lets nobody in without a session. */
  refused(): void;
}

export interface BoardLine {
  /** Connect anew, as a page that has its person's phone. */
  takePhone(): void;
  /** Connect anew: what we show may be another version than the server's. */
  again(): void;
  close(): void;
}

export interface BoardWire {
  snapshot(): Promise<Omit<Board, 'stream' | 'version'>>;
  phone(): Promise<PhoneCredentials>;
  forceState(agentId: number, body: ForcedState): Promise<void>;
  freeOffer(offerId: number, why: Why): Promise<void>;
  supervise(callId: number, mode: Mode): Promise<void>;
  stopSupervising(callId: number): Promise<void>;
  /** Take the ring on a phone that is not in a page. */
  answer(callId: number): Promise<void>;
  listen(news: BoardNews): BoardLine;
}

/** The real wires of the site under `root`. */
export function openBoardWire(root: string, isBig: boolean): BoardWire {
  const ask: Ask = askAt(root);
  const post = (path: string, body: object = {}) => ask<void>('POST', path, { body });
  const screen = isBig ? 'big' : 'board';
  return {
    snapshot: () => ask('GET', `/board/snapshot${isBig ? '?screen=big' : ''}`),
    phone: () => ask<PhoneCredentials>('GET', '/desk/phone', { patience: 3000 }),
    forceState: (agentId, body) => post(`/queue/agents/${agentId}/state`, body),
    freeOffer: (offerId, why) => post(`/queue/offers/${offerId}/free`, why),
    supervise: (callId, mode) => post(`/supervision/calls/${callId}`, { mode }),
    stopSupervising: (callId) => post(`/supervision/calls/${callId}/stop`),
    answer: (callId) => post(`/desk/calls/${callId}/answer`),
    listen: (news) => {
      let hasPhone = false;
      const socket = io({
        path: `${root}/socket.io`,
        transports: ['websocket'],
        reconnectionDelay: 300,
        reconnectionDelayMax: 2000,
        auth: (tell) => tell({ screen, phone: hasPhone }),
      });
      socket.on('connect', news.connected);
      socket.on('disconnect', (why) => {
        news.disconnected();
        // Closed by the server on purpose: the library itself does not come back then.
        if (why === 'io server disconnect') window.setTimeout(() => socket.connect(), 1000);
      });
      socket.on('connect_error', () => {
        news.disconnected();
        // Refused at the door: the library does not knock again by itself.
        if (!socket.active) news.refused();
      });
      socket.on('shift_board', news.board);
      socket.on('shift_board_holds', news.holds);
      socket.on('goodbye', news.goodbye);
      return {
        takePhone: () => {
          hasPhone = true;
          socket.disconnect().connect();
        },
        again: () => void socket.disconnect().connect(),
        close: () => void socket.close(),
      };
    },
  };
}
