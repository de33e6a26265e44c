// Records and tickets finished while the server is away: kept sealed, numbered beforehand, uploaded once.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';

import { Refused } from '../../shared/http';
import { beforeSignOut } from '../../shared/signOut';
import type { Vault } from '../../shared/vault';
import type { DeskState } from './deskTypes';
import type { DeskWire } from './deskWire';
import { nameOfItsOwn, thisMachine } from './machine';
import type { Link } from './useDesk';

export type Tab = 'record' | 'ticket';

export interface Upload {
  name: string;
  kind: Tab;
  callId: number;
  /** The number that the agent told the caller; null for a record. */
  number: string | null;
  title: string;
  body: Record<string, unknown>;
  madeAt: string;
  /** Why the server would not have it; null while it has not been asked. */
  refusal: string | null;
  /** What it said beside the fields. */
  fields?: Record<string, string[]>;
}

const RETRY_MS = 3000;
const RENEW_MS = 3_600_000;

/** What waits to go up, and the numbers that are put aside for it. */
export function useUploads(
  wire: DeskWire, state: Readonly<Ref<DeskState | null>>, link: Readonly<Ref<Link>>, vault: Vault, leads: Readonly<Ref<boolean | null>>,
) {
  // Tabs that see what the others told share their numbers; a page that cannot has some of its own.
  const holder = vault.isShared ? thisMachine() : nameOfItsOwn();
  const waiting = shallowRef<Upload[]>([]);
  const numbers = shallowRef<string[]>([]);
  /** What the server said of an upload that it refused, for the form it came from. */
  const refused = shallowRef<{ upload: Upload; error: Refused } | null>(null);
  /** A number that was told to the caller and could not be kept. */
  const renumbered = ref<{ from: string; to: string } | null>(null);
  /** Numbers that were told to a caller whose ticket is not open yet: of that call, and never of another. */
  const told = shallowRef<Record<string, string>>({});
  const agentId = computed(() => state.value?.agent.id ?? null);
  const prefix = (what: string) => `${what}:${agentId.value ?? 0}:`;
  let isUploading = false;

  async function recall(): Promise<void> {
    await look();
    await renew();
    await upload();
  }

  /** See what a page before this one, or another tab of this browser, has finished and told. */
  async function look(): Promise<void> {
    const found = await Promise.all((await vault.names(prefix('upload'))).map((name) => vault.read<Upload>(name)));
    const ours = new Set(waiting.value.map((one) => one.name));
    const theirs = found.filter((one): one is Upload => one !== null && !ours.has(one.name));
    if (theirs.length) waiting.value = [...waiting.value, ...theirs].sort((a, b) => a.madeAt.localeCompare(b.madeAt));
    told.value = { ...(await vault.read<Record<string, string>>(prefix('told'))), ...told.value };
    numbers.value = untold((await vault.read<string[]>(prefix('numbers'))) ?? numbers.value);
  }
  function untold(given: string[]): string[] {
    const used = new Set([...waiting.value.map((one) => one.number), ...Object.values(told.value)]);
    return given.filter((one) => !used.has(one));
  }

  async function renew(): Promise<void> {
    try {
      const given = await wire.reserveNumbers(holder);
      await look();
      numbers.value = untold(given.numbers);
      await vault.write(prefix('numbers'), numbers.value);
    } catch {
      // those that we have stay good
    }
  }

  /** Finish it here; returns what it is called, or null when no number is left for a ticket. */
  async function finish(kind: Tab, callId: number, title: string, body: Record<string, unknown>): Promise<Upload | null> {
    await look();
    const before = kind === 'ticket' ? toldOf(callId) : null;
    const [number, ...rest] = before === null ? numbers.value : [before, ...numbers.value];
    if (kind === 'ticket' && number === undefined) return null;
    const own = kind === 'ticket' ? (number ?? null) : null;
    const upload: Upload = {
      name: `${prefix('upload')}${callId}:${kind}`,
      kind, callId, title, number: own,
      body: own ? { ...body, reserved_number: own } : body,
      madeAt: new Date().toISOString(),
      refusal: null,
    };
    waiting.value = [...waiting.value.filter((one) => one.name !== upload.name), upload];
    if (own) {
      numbers.value = rest;
      await vault.write(prefix('numbers'), rest);
    }
    await vault.write(upload.name, upload);
    return upload;
  }

  async function done(upload: Upload): Promise<void> {
    waiting.value = waiting.value.filter((one) => one.name !== upload.name);
    await vault.remove(upload.name);
  }

  async function remember(callId: number, number: string | null): Promise<void> {
    const others = Object.entries(told.value).filter(([call]) => Number(call) !== callId);
    told.value = Object.fromEntries(number === null ? others : [...others, [callId, number]]);
    await vault.write(prefix('told'), told.value);
  }
  /** The number that this call's caller was told, while its ticket is not open. */
  function toldOf(callId: number | undefined): string | null {
    return callId === undefined ? null : (told.value[callId] ?? null);
  }
  /** The call's ticket is open under this number. */
  async function opened(callId: number, number: string | null): Promise<void> {
    const before = toldOf(callId);
    if (before === null) return;
    if (number !== null && number !== before) renumbered.value = { from: before, to: number };
    await remember(callId, null);
  }

  async function send(upload: Upload): Promise<void> {
    if (upload.kind === 'record') {
      await wire.saveRecord(upload.callId, upload.body);
      return;
    }
    const { outcome } = await wire.openTicket(upload.callId, upload.body);
    if (upload.number && outcome.number && outcome.number !== upload.number) {
      renumbered.value = { from: upload.number, to: outcome.number };
    }
  }

  /** Bring up what waits, oldest first; what the server refuses stays here and says why. */
  async function upload(): Promise<void> {
    if (isUploading || link.value === 'signed_out') return;
    isUploading = true;
    try {
      for (const one of waiting.value.filter((each) => each.refusal === null)) {
        try {
          await send(one);
          await done(one);
        } catch (error) {
          if (!(error instanceof Refused)) return;
          await afterRefusal(one, error);
        }
      }
      if (numbers.value.length < 2) await renew();
    } finally {
      isUploading = false;
    }
  }

  async function afterRefusal(one: Upload, error: Refused): Promise<void> {
    // It is there already: what we wanted has happened.
    if (['already-on-record', 'ticket-already-open'].includes(error.refusal.code)) return done(one);
    if (error.status >= 500 || error.status === 429) return;
    const { fields, message } = error.refusal;
    const marked = { ...one, refusal: Object.values(fields).flat().join(' ') || message || error.refusal.code, fields };
    if (state.value?.call?.call_id === one.callId) {
      // Its form is still on the desk, with everything in it: there it is corrected, under the number that was told.
      if (one.number) await remember(one.callId, one.number);
      await done(one);
      refused.value = { upload: one, error };
      return;
    }
    await replace(marked);
  }

  async function replace(upload: Upload): Promise<void> {
    waiting.value = waiting.value.map((each) => (each.name === upload.name ? upload : each));
    await vault.write(upload.name, upload);
  }
  /** Its agent corrects one that was refused: what is typed is kept, and goes up when he says so. */
  async function change(name: string, body: Record<string, unknown>): Promise<void> {
    const one = waiting.value.find((each) => each.name === name);
    if (one) await replace({ ...one, body: { ...one.body, ...body } });
  }
  /** Its agent has read it and will not send it. */
  async function discard(name: string): Promise<void> {
    const one = waiting.value.find((each) => each.name === name);
    if (one?.refusal) await done(one);
  }

  async function retry(): Promise<void> {
    waiting.value = waiting.value.map((one) => ({ ...one, refusal: null }));
    await upload();
  }

  watch(agentId, (id) => void (id !== null && recall()), { immediate: true });
  let stoodAside = false;
  watch(leads, (now) => {
    if (now && stoodAside) void recall();
    if (now !== null) stoodAside = !now;
  }, { immediate: true });
  watch(link, (now) => void (now === 'up' && upload()));
  const retrying = window.setInterval(() => void (waiting.value.length && upload()), RETRY_MS);
  const renewing = window.setInterval(() => void renew(), RENEW_MS);
  const mayLeave = async () => {
    await upload();
    return waiting.value.length === 0;
  };
  beforeSignOut.add(mayLeave);
  onScopeDispose(() => {
    window.clearInterval(retrying);
    window.clearInterval(renewing);
    beforeSignOut.delete(mayLeave);
  });

  return {
    waiting, numbers, refused, renumbered, finish, retry, upload, change, discard, toldOf, opened, seen: () => (renumbered.value = null),
    of: (kind: Tab, callId: number | undefined) => waiting.value.find((one) => one.kind === kind && one.callId === callId) ?? null,
  };
}

export type UploadsHandle = ReturnType<typeof useUploads>;
