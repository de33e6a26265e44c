// The row of controls at work: what can be used now, and what each button and key does.
import { computed, type ComputedRef, type Ref } from 'vue';

import { offerCalling, type KnownCallee } from './calling';
import { controlRow, others, whyNoEmergency, type ControlId, type RowPicture } from './controlRow';
import type { Call, DeskState } from './deskTypes';
import type { DeskWire, Wish } from './deskWire';
import { keysOf } from './keymap';
import type { Link } from './useDesk';
import type { usePhone } from './usePhone';

/** The emergency services by their codes in the transfer directory. */
export const EMERGENCIES = [
  { code: 'police-110', number: '110' }, { code: 'fire-119', number: '119' },
  { code: 'medical-120', number: '120' }, { code: 'traffic-122', number: '122' },
];

/** What opens over the desk. */
interface Tools {
  consult(): void;
  transfer(): void;
  digits(): void;
  callOut(whom?: KnownCallee | null, line?: string): void;
  messages(): void;
}

interface Surroundings {
  wire: DeskWire;
  desk: Readonly<Ref<DeskState | null>>;
  call: ComputedRef<Call | null>;
  isRinging: ComputedRef<boolean>;
  canHangUp: ComputedRef<boolean>;
  hasPhone: ComputedRef<boolean>;
  link: Readonly<Ref<Link>>;
  phone: ReturnType<typeof usePhone>;
  tools: Readonly<Ref<Tools | undefined>>;
  act(doing: Promise<unknown>): Promise<boolean>;
  answer(): void;
  hangUp(): void;
  /** Where the agent reads why something cannot be done. */
  say(text: string): void;
  t(key: string, values?: Record<string, string>): string;
}

/** The row, the keys, and the acts behind both. */
export function useCallControls(given: Surroundings) {
  const { wire, desk, call, phone, tools, t } = given;
  const keys = computed(() => keysOf(desk.value?.settings.keys ?? {}));
  const rowPicture = computed<RowPicture | null>(() =>
    desk.value && {
      presence: desk.value.presence,
      call: call.value,
      isRinging: given.isRinging.value,
      canHangUp: given.canHangUp.value,
      phone: {
        isHere: given.hasPhone.value,
        isTalking: phone.picture.value.session === 'talking',
        isMuted: phone.picture.value.is_muted,
      },
      exchanges: desk.value.exchanges,
      isLinkUp: given.link.value !== 'signed_out',
      mayCallEmergencies: desk.value.may_call_emergencies,
    },
  );
  const row = computed(() => (rowPicture.value ? controlRow(rowPicture.value) : []));
  const emergencyOff = computed(() => (rowPicture.value ? whyNoEmergency(rowPicture.value) : 'no_call'));
  const whyNoCallOut = computed(() => {
    const why = row.value.find((one) => one.id === 'call_out')?.why;
    return why ? t(`control.off.${why}`) : null;
  });

  offerCalling({ whyNot: whyNoCallOut, call: (whom, line) => tools.value?.callOut(whom, line), say: (text) => given.say(text) });

  function wish(what: Wish, body: object = {}): void {
    if (call.value) void given.act(wire.wish(call.value.call_id, what, body));
  }
  function mute(): void {
    if (given.hasPhone.value) phone.mute(!phone.picture.value.is_muted);
    else wish('mute', { is_on: !call.value?.control.is_muted });
  }
  function drop(): void {
    const last = others(call.value).at(-1);
    if (last && last.party !== null) wish(`parties/${last.party}/drop`);
  }
  const doing: Record<ControlId, () => void> = {
    answer: () => given.answer(),
    hang_up: () => given.hangUp(),
    hold: () => wish(call.value?.state === 'held' ? 'resume' : 'hold'),
    mute,
    consult: () => tools.value?.consult(),
    transfer: () => tools.value?.transfer(),
    join: () => wish('join'),
    leave: () => wish('leave'),
    drop,
    digits: () => tools.value?.digits(),
    recording: () => wish('recording-pause', { is_on: !call.value?.control.is_recording_paused }),
    call_out: () => tools.value?.callOut(),
    help: () => tools.value?.messages(),
  };
  /** A key does no more than its button: what cannot be done now is said, not tried. */
  function control(id: ControlId): void {
    const why = row.value.find((one) => one.id === id)?.why;
    given.say(why ? t('control.why', { control: t(`control.word.${id}`), why: t(`control.off.${why}`) }) : '');
    if (!why) doing[id]();
  }
  const ids = Object.keys(doing) as ControlId[];
  const controls = Object.fromEntries(ids.map((id) => [id, () => control(id)])) as Record<ControlId, () => void>;
  return { keys, row, emergencyOff, whyNoCallOut, wish, control, controls };
}
