// The supervisor's phone on the board: it starts when it is first needed, and answers its own wish.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';

import { SignedOut } from '../../shared/http';
import type { PhoneCredentials } from '../../shared/phone/credentials';
import { seekLeadership, type Leadership } from '../../shared/leadership';
import { createPhone, phoneOff, type Phone, type PhonePicture } from '../../shared/phone/phone';
import { freshCredentialsAfter, mayStart } from '../../shared/phone/phoneStart';
import type { AgentRow, Board, Mode } from './boardTypes';
import type { BoardWire } from './boardWire';

const PHONE_IS_UP_WITHIN_MS = 10_000;
const RINGS_WITHIN_MS = 25_000;
const LOOK_MS = 100;

/** Where the phone is: nowhere yet, coming up, in this page, in another tab, on the table. */
export type PhonePlace = 'none' | 'starting' | 'here' | 'other_tab' | 'outside';

/** The phone did not come up: there is no line to the exchange, or no desk for it. */
export class PhoneIsNotUp extends Error {}

interface Surroundings {
  wire: BoardWire;
  board: Readonly<Ref<Board | null>>;
  ownNumber: string;
  /** Connect to the server as a page that has the phone. */
  takePhone(): void;
}

/** Who is heard, by which phone, and the acts of listening, whispering and speaking to both. */
export function useListening({ wire, board, ownNumber, takePhone }: Surroundings) {
  const picture = shallowRef<PhonePicture>(phoneOff);
  const place = ref<PhonePlace>('none');
  const leads = ref<boolean | null>(null);
  let leadership: Leadership | null = null;
  let phone: Phone | null = null;
  let credentials: PhoneCredentials | null = null;
  let answersUntil = -Infinity;
  let refusals = 0;
  let freshTimer = 0;
  let isOver = false;

  const own = computed(() => board.value?.agents.rows.find((one) => one.work_number === ownNumber) ?? null);
  const ringsFor = computed(() => (own.value?.state === 'offered' && own.value.reason === 'supervise' ? own.value.call : null));
  /** Whose call we are in, and how. */
  const heard = computed<{ agent: AgentRow; mode: Mode } | null>(() => {
    for (const agent of board.value?.agents.rows ?? []) {
      const me = agent.heard_by.find((one) => one.work_number === ownNumber);
      if (me) return { agent, mode: me.mode };
    }
    return null;
  });

  // ---- the phone -----------------------------------------------------------------------------

  function moved(next: PhonePicture): void {
    const before = picture.value;
    picture.value = next;
    if (before.session !== next.session && next.session === 'ringing') answerOwnWish();
    if (next.line === 'registered') refusals = 0;
    if (next.line === 'refused' && before.line !== 'refused') freshCredentials();
  }

  /** We asked to be rung; whatever else rings here is not for this page. */
  function answerOwnWish(): void {
    if (performance.now() < answersUntil) phone?.answer();
    else phone?.hangUp();
  }

  /** The secret was renewed elsewhere (a new sign-in): fetch it and register again. */
  function freshCredentials(): void {
    window.clearTimeout(freshTimer);
    freshTimer = window.setTimeout(() => void registerAgain(), freshCredentialsAfter(refusals));
    refusals += 1;
  }

  async function registerAgain(): Promise<void> {
    if (isOver || place.value !== 'here') return;
    try {
      credentials = await wire.phone();
      if (mayStart(picture.value, 'none')) phone?.mend(credentials);
    } catch (error) {
      if (!(error instanceof SignedOut)) freshCredentials();
    }
  }

  function lead(isOurs: boolean): void {
    leads.value = isOurs;
    if (isOurs) return;
    phone?.drop();
    if (place.value !== 'outside') place.value = 'other_tab';
  }

  /** Have the phone in this page, unless another tab or a desk phone has it. */
  async function bringPhone(): Promise<void> {
    if (place.value === 'here' || place.value === 'outside') return;
    if (place.value === 'other_tab' && leads.value === false) return;
    place.value = 'starting';
    leadership ??= seekLeadership(lead);
    await until(() => leads.value !== null);
    if (leads.value === false) return;
    credentials = await wire.phone();
    takePhone();
    if (credentials.mode === 'browser') {
      phone ??= createPhone(moved);
      phone.start(credentials);
      await until(() => picture.value.line === 'registered');
    }
    await until(() => own.value !== null);
    place.value = credentials.mode === 'browser' ? 'here' : 'outside';
  }

  async function until(isSo: () => boolean): Promise<void> {
    const patience = performance.now() + PHONE_IS_UP_WITHIN_MS;
    while (!isSo()) {
      if (isOver || performance.now() > patience) {
        place.value = 'none';
        throw new PhoneIsNotUp();
      }
      await new Promise((resolve) => window.setTimeout(resolve, LOOK_MS));
    }
  }

  watch(ringsFor, (call) => {
    if (call && place.value === 'outside' && performance.now() < answersUntil) {
      wire.answer(call.call_id).catch(() => undefined);
    }
  });

  onScopeDispose(() => {
    isOver = true;
    window.clearTimeout(freshTimer);
    phone?.drop();
    leadership?.release();
  });

  // ---- acts ----------------------------------------------------------------------------------

  /** Hear a call, or change how: also the first act brings the phone. */
  async function take(callId: number, mode: Mode): Promise<void> {
    if (heard.value?.agent.call?.call_id !== callId) {
      await bringPhone();
      answersUntil = performance.now() + RINGS_WITHIN_MS;
    }
    await wire.supervise(callId, mode);
  }

  async function stop(): Promise<void> {
    const callId = (heard.value?.agent.call ?? ringsFor.value)?.call_id;
    answersUntil = -Infinity;
    if (callId !== undefined) await wire.stopSupervising(callId);
    phone?.hangUp();
  }

  return { picture, place, own, ringsFor, heard, take, stop };
}

export type ListeningHandle = ReturnType<typeof useListening>;
