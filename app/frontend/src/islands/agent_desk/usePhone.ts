// The phone on the desk: it starts where it may, rings, and comes back by itself when the line breaks.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';

import { SignedOut } from '../../shared/http';
import type { PhoneCredentials } from '../../shared/phone/credentials';
import type { DeskState } from './deskTypes';
import type { DeskWire } from './deskWire';
import { createPhone, phoneOff, type PhonePicture } from '../../shared/phone/phone';
import type { OpenLine } from '../../shared/phone/phoneLine';
import { judge, neverConnects, SOUND_GAP_MS, soundArrives, watchSound, type Health, type SoundWatch } from './phoneHealth';
import { lineAt, type LinePicture } from '../../shared/phone/phoneLines';
import { freshCredentialsAfter, mayStart, type Rescue } from '../../shared/phone/phoneStart';
import { createAnswerAhead } from './answerAhead';
import { startKnocking } from './knock';
import { startPulse } from './pulse';

const LOOK_MS = 100;
const FRESH_PAGE_TELLS_MS = 200;
const ALONE_BEFORE_TELLING_MS = 700;
const ENDED_BY_CALLER_SETTLES_MS = 3000;
const TELL_AGAIN_MS = 4000;
const CREDENTIALS_AGAIN_MS = 1500;

const HANG_UP_PATIENCE_MS = 800;

const later = (wait: number) => new Promise<void>((resolve) => window.setTimeout(resolve, wait));

function isNewlyRefused(before: PhonePicture, next: PhonePicture): boolean {
  const refused = (one: LinePicture) => one.state === 'refused';
  const known = before.lines.filter(refused).map((one) => one.exchange_id);
  return next.lines.some((one) => refused(one) && !known.includes(one.exchange_id));
}

interface Surroundings {
  wire: DeskWire;
  state: Readonly<Ref<DeskState | null>>;
  /** Only one tab has the phone; null while that is not yet known. */
  leads: Readonly<Ref<boolean | null>>;
  reconnectNews(): void;
  /** Other lines than the real ones: tests. */
  open?: OpenLine;
}

/** The phone's picture, its sound, what is being done about it, and the acts of the agent. */
export function usePhone({ wire, state, leads, reconnectNews, open }: Surroundings) {
  const picture = shallowRef<PhonePicture>(phoneOff);
  const health = shallowRef<Health | null>(null);
  const hasSound = ref(false);
  const rescue = ref<Rescue>('none');
  const isServerAway = ref(false);
  const mode = computed(() => state.value?.phone_mode ?? null);

  let credentials: PhoneCredentials | null = null;
  let soundWatch: SoundWatch | null = null;
  let networkBackAt: number | null = null;
  let aloneSince: number | null = null;
  let toldLostAt = -Infinity;
  let hangUpAt = -Infinity;
  let talkingSince = 0;
  // How many phones in a row never found a path for the sound.
  let fruitless = 0;
  let stopKnocking: (() => void) | null = null;
  let isStarting = false;
  const ahead = createAnswerAhead(() => performance.now());
  let refusals = 0;
  let freshTimer = 0;

  const phone = createPhone((next) => {
    const before = picture.value;
    picture.value = next;
    if (before.session !== next.session) sessionMoved(next);
    if (!next.lines.some((one) => one.is_out)) refusals = 0;
    if (isNewlyRefused(before, next)) freshCredentials();
  }, open);

  const pulse = startPulse(wire.pulse, {
    answered: () => (isServerAway.value = false),
    missed: () => undefined,
    away: () => (isServerAway.value = true),
    back: () => {
      reconnectNews();
      // An idle line that lived through a cut may be dead without knowing it. In a rescue the new
      // phone is ringing already, or about to: a second one would take the ring from it.
      if (rescue.value === 'none' && picture.value.session === 'none' && credentials) phone.start(credentials);
    },
  });

  // ---- sound -------------------------------------------------------------------------------

  function sessionMoved(next: PhonePicture): void {
    soundWatch?.stop();
    soundWatch = null;
    health.value = null;
    hasSound.value = false;
    // The exchange rings again by itself: that is the rescue, and ours ends here.
    if (next.session === 'ringing') endRescue();
    if (next.session === 'ringing' && ahead.takesRing()) {
      phone.answer();
      return;
    }
    const peer = phone.peer();
    if (next.session !== 'talking' || !peer) return;
    talkingSince = performance.now();
    soundWatch = watchSound(peer, (seen) => {
      health.value = seen;
      judgeSound();
    });
  }

  function judgeSound(): void {
    if (picture.value.session !== 'talking') return;
    const now = performance.now();
    hasSound.value = soundArrives(health.value, now);
    if (hasSound.value) {
      fruitless = 0;
      endRescue();
    } else if (neverConnects(health.value, now - talkingSince, fruitless)) {
      fruitless += 1;
      restart();
    } else if (mustBeginRescue(now - talkingSince)) {
      beginRescue();
    }
  }

  function mustBeginRescue(talkedFor: number): boolean {
    if (rescue.value === 'none') return talkedFor > SOUND_GAP_MS;
    if (rescue.value === 'restarting') return talkedFor > 2 * SOUND_GAP_MS;
    return rescue.value === 'far_side_silent' && isPathBroken();
  }

  function isPathBroken(): boolean {
    const ice = health.value?.reading.ice;
    return ice === 'disconnected' || ice === 'failed';
  }

  // ---- rescue ------------------------------------------------------------------------------

  function beginRescue(): void {
    rescue.value = 'probing';
    networkBackAt = null;
    lookForTheExchange(true);
  }

  /** Knock at the exchange's door while a line is broken: the call lives there, not with the app. */
  function lookForTheExchange(isOn: boolean): void {
    stopKnocking?.();
    stopKnocking = null;
    pulse.hurry(isOn);
    if (!isOn || !credentials) return;
    const at = credentials.lines.find((one) => one.exchange_id === picture.value.at) ?? credentials.lines[0];
    if (!at) return;
    stopKnocking = startKnocking(at.socket, {
      there: () => (networkBackAt ??= performance.now()),
      silent: () => {
        networkBackAt = null;
        if (rescue.value === 'probing') rescue.value = 'network_away';
      },
    });
  }

  function endRescue(): void {
    if (rescue.value === 'none') return;
    rescue.value = 'none';
    networkBackAt = null;
    lookForTheExchange(false);
  }

  async function lookAtRescue(): Promise<void> {
    const isProbing = rescue.value === 'probing' || rescue.value === 'network_away';
    if (!isProbing || networkBackAt === null) return;
    // The exchange's farewell came late through the cut: the old phone is of no use any more.
    if (picture.value.session === 'none') return restart();
    if (picture.value.session !== 'talking') return;
    const began = networkBackAt;
    await soundWatch?.look();
    if (networkBackAt !== began || picture.value.session !== 'talking') return;
    const verdict = judge({ health: health.value, networkBackAt, now: performance.now() });
    if (verdict === 'restart') restart();
    else if (verdict === 'far_side_silent') {
      rescue.value = 'far_side_silent';
      lookForTheExchange(false);
    }
  }

  /** A new phone in place of the dead one; the server has the caller kept and rings us again. */
  function restart(): void {
    rescue.value = 'restarting';
    lookForTheExchange(false);
    networkBackAt = null;
    tellLost(false);
    phone.drop();
    if (credentials) phone.start(credentials);
  }

  /** `isReady`: this phone, registered as it is, may be rung for the call again. */
  function tellLost(isReady: boolean): void {
    const call = state.value?.call;
    if (!call || call.state === 'ended') return;
    toldLostAt = performance.now();
    wire.phoneLost(call.call_id, isReady).catch(() => undefined);
  }

  /** The server believes in a conversation, the phone is ready and has none: say so until it rings. */
  function lookForLostCall(): void {
    const call = state.value?.call;
    const believed = call?.state === 'talking' || call?.state === 'reconnecting';
    const now = performance.now();
    const isThere = lineAt(picture.value, call?.exchange_id) === 'registered';
    if (!believed || !isThere || picture.value.session !== 'none' || !leads.value) {
      aloneSince = null;
      return;
    }
    aloneSince ??= now;
    if (now - aloneSince < patienceAlone() || now - hangUpAt < 5000 || now - toldLostAt < TELL_AGAIN_MS) return;
    tellLost(true);
  }

  /** How long a registered phone without its conversation is nothing to tell: news may be on its way. */
  function patienceAlone(): number {
    const { ended } = picture.value;
    if (ended === null || state.value?.call?.state === 'reconnecting') return FRESH_PAGE_TELLS_MS;
    return ended === 'there' ? ENDED_BY_CALLER_SETTLES_MS : ALONE_BEFORE_TELLING_MS;
  }

  const looking = window.setInterval(() => {
    lookAtRescue().catch(() => undefined);
    lookForLostCall();
  }, LOOK_MS);

  // At once: the next ring may be in the same breath.
  watch(() => state.value?.offer?.call_id ?? null, ahead.offered, { flush: 'sync' });
  watch(() => state.value?.call?.state, (now) => {
    if (now === undefined || now === 'ended') endRescue();
  });

  // ---- starting ----------------------------------------------------------------------------

  async function start(): Promise<void> {
    if (isStarting) return;
    isStarting = true;
    try {
      credentials = await wire.phone();
      // The answer may have waited out a cut: meanwhile a rescue may have made a phone that rings.
      const isNeeded = mayStart(picture.value, rescue.value);
      if (credentials.mode === 'browser' && leads.value && isNeeded) phone.mend(credentials);
    } catch (error) {
      if (!(error instanceof SignedOut)) window.setTimeout(() => void startAgain(), CREDENTIALS_AGAIN_MS);
    } finally {
      isStarting = false;
    }
  }

  function startAgain(): void {
    if (!leads.value || mode.value !== 'browser') return;
    if (mayStart(picture.value, rescue.value)) void start();
    else if (picture.value.lines.some((one) => one.state === 'refused')) freshCredentials();
  }

  /** The secret was renewed elsewhere (a new sign-in): fetch it and register again. */
  function freshCredentials(): void {
    if (freshTimer) return;
    freshTimer = window.setTimeout(() => {
      freshTimer = 0;
      startAgain();
    }, freshCredentialsAfter(refusals));
    refusals += 1;
  }

  // The phone needs not to know the call to begin: every moment counts after a reload.
  watch([leads, mode], ([mayLead, itsMode]) => {
    if (mayLead && itsMode !== 'http') {
      if (picture.value.line === 'off') void start();
    } else if (picture.value.line !== 'off') {
      phone.drop();
    }
  }, { immediate: true });

  onScopeDispose(() => {
    window.clearInterval(looking);
    window.clearTimeout(freshTimer);
    soundWatch?.stop();
    stopKnocking?.();
    pulse.stop();
    phone.drop();
  });

  return {
    picture,
    health,
    hasSound,
    rescue,
    isServerAway,
    /** Answer what rings, or what is about to ring when the offer came first. */
    answer: () => {
      if (picture.value.session === 'ringing') phone.answer();
      else ahead.want(state.value?.offer?.call_id ?? null);
    },
    /** Hang up after the server was told so, or did not listen for most of a second. */
    hangUp: async (told: Promise<unknown>) => {
      hangUpAt = performance.now();
      await Promise.race([told.catch(() => undefined), later(HANG_UP_PATIENCE_MS)]);
      phone.hangUp();
    },
    mute: (isMuted: boolean) => phone.mute(isMuted),
    /** Its person is signed in again, with a new secret. */
    signedInAgain: startAgain,
  };
}

export type PhoneHandle = ReturnType<typeof usePhone>;
