// Saves the draft behind the typing: to the browser's vault at once, to the server within two seconds, until it took it.
import { computed, onScopeDispose, reactive, ref, watch, type Ref } from 'vue';

import { Refused } from '../../shared/http';
import { beforeSignOut } from '../../shared/signOut';
import type { Vault } from '../../shared/vault';
import type { DeskState, Moment } from './deskTypes';
import type { DeskWire } from './deskWire';
import { emptyDraft, isUntouched, mergeDrafts, readDraft, type DraftBody } from './draft';
import { knownBy, newerIn, useKeptDrafts, type Kept } from './useKeptDrafts';

const AFTER_TYPING_MS = 600;
const AT_LATEST_MS = 1500;
const RETRY_MS = 2000;
/** Saves that follow one another before a call is closed: the one under way, the rest, and one more where another page wrote. */
const MOST_SAVES = 4;

const copyOf = (body: DraftBody) => JSON.parse(JSON.stringify(body)) as DraftBody;

/** The draft of the call on the desk (or of the one that rings). */
export function useDraft(wire: DeskWire, state: Readonly<Ref<DeskState | null>>, vault: Vault, leads: Readonly<Ref<boolean | null>>) {
  const body = reactive<DraftBody>(emptyDraft());
  const savedAt = ref<Moment | null>(null);
  const isDirty = ref(false);
  const isFailing = ref(false);
  /** More was pasted than a draft holds: it stays in this browser until it is shortened. */
  const isTooLong = ref(false);
  const present = computed(() => state.value?.call ?? state.value?.offer ?? null);
  const callId = computed(() => present.value?.call_id ?? null);

  let version = 0;
  /** What the server has on this version: what differs from it was written here. */
  let base = emptyDraft();
  let timer = 0;
  let oldestChangeAt = 0;
  let saving: Promise<void> | null = null;
  let isLoading = false;
  let isKeeping = false;
  let toKeep: { id: number; kept: Kept } | null = null;

  const prefix = () => `draft:${state.value?.agent.id ?? 0}:`;
  const nameOf = (id: number) => `${prefix()}${id}`;
  const others = useKeptDrafts({ wire, vault, prefix, present: () => callId.value });

  /** Put what is typed into the vault, as it is now; one write at a time, and the last one counts. */
  async function keep(id: number): Promise<void> {
    const of = present.value?.call_id === id ? knownBy(present.value) : undefined;
    toKeep = { id, kept: { version, base, body: copyOf(body), onlyRang: state.value?.call?.call_id !== id, ...(of && { of }) } };
    if (isKeeping) return;
    isKeeping = true;
    let last = id;
    while (toKeep) {
      const { id: its, kept }: { id: number; kept: Kept } = toKeep;
      toKeep = null;
      await vault.write(nameOf(its), kept);
      last = its;
    }
    isKeeping = false;
    // The server took it while it was being written down.
    if (last === callId.value && !isDirty.value) forget(last);
    if (last !== callId.value) void others.bring(false);
  }

  function forget(id: number): void {
    void vault.remove(nameOf(id));
  }

  function take(merged: DraftBody): void {
    isLoading = true;
    Object.assign(body, merged);
    queueMicrotask(() => (isLoading = false));
  }

  function load(id: number | null): void {
    window.clearTimeout(timer);
    const saved = id !== null && state.value?.call?.call_id === id ? state.value.call.draft : null;
    version = saved?.version ?? 0;
    savedAt.value = saved?.saved_at ?? null;
    isDirty.value = false;
    isFailing.value = false;
    isTooLong.value = false;
    base = readDraft(saved?.body);
    take(copyOf(base));
    void others.bring(id !== null);
    if (id !== null) void recall(id);
  }

  /** What a page before this one could not save comes back, and is saved now. */
  async function recall(id: number): Promise<void> {
    const before = copyOf(body);
    const kept = await vault.read<Kept>(nameOf(id));
    if (!kept || id !== callId.value) return;
    const theirs = readDraft(kept.body);
    // Kept on an older version than the server's: another page wrote since, and what it chose is the newer choice.
    const isOlder = kept.version < version;
    const resolved = isOlder ? mergeDrafts(theirs, before, { base: readDraft(kept.base), yields: true }) : theirs;
    // A call that rings anew comes without its draft: what was kept knows the version.
    if (kept.version > version) [version, base] = [kept.version, readDraft(kept.base)];
    // What was typed since has the last word.
    take(mergeDrafts(body, resolved, { base: before }));
    isDirty.value = true;
    schedule(0);
  }

  function schedule(wait: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), wait);
  }

  function changed(): void {
    const id = callId.value;
    if (isLoading || id === null) return;
    if (!isDirty.value && isUntouched(body) && savedAt.value === null) return;
    const now = performance.now();
    if (!isDirty.value) oldestChangeAt = now;
    isDirty.value = true;
    void keep(id);
    schedule(Math.max(0, Math.min(AFTER_TYPING_MS, oldestChangeAt + AT_LATEST_MS - now)));
  }

  function save(outlives = false): Promise<void> {
    const id = state.value?.call?.call_id;
    // While it still rings there is no call to save to; the vault keeps what is typed.
    if (id === undefined || id !== callId.value || !isDirty.value || saving) return saving ?? Promise.resolve();
    saving = saveOnce(id, outlives).finally(() => (saving = null));
    return saving;
  }

  async function saveOnce(id: number, outlives: boolean): Promise<void> {
    const sent = JSON.stringify(body);
    try {
      const answer = await wire.saveDraft(id, version, JSON.parse(sent) as object, outlives);
      if (id !== callId.value) return void others.bring(false);
      version = answer.version;
      base = JSON.parse(sent) as DraftBody;
      savedAt.value = answer.saved_at;
      isFailing.value = false;
      isTooLong.value = false;
      if (JSON.stringify(body) === sent) {
        isDirty.value = false;
        forget(id);
      } else {
        oldestChangeAt = performance.now();
        // What is kept was written on this version now.
        void keep(id);
        schedule(AFTER_TYPING_MS);
      }
    } catch (error) {
      if (id === callId.value) afterRefusal(id, error);
    }
  }

  function afterRefusal(id: number, error: unknown): void {
    const theirs = newerIn(error);
    if (theirs) {
      meet(theirs.version, theirs.body);
      void keep(id);
      schedule(0);
      return;
    }
    isFailing.value = true;
    isTooLong.value = error instanceof Refused && error.refusal.code === 'draft-is-too-long';
    schedule(RETRY_MS);
  }

  /** Put together what stands here and what the server has; a page without the desk leaves the choices to it. */
  function meet(theirVersion: number, theirs: DraftBody): void {
    const merged = isDirty.value ? mergeDrafts(body, theirs, { base, yields: leads.value === false }) : copyOf(theirs);
    version = theirVersion;
    base = theirs;
    take(merged);
  }

  /** Save all of it before something ends; whether the server has everything that was typed. */
  async function saveNow(): Promise<boolean> {
    if (isDirty.value) await saving;
    isFailing.value = false;
    for (let saves = 0; saves < MOST_SAVES && isDirty.value && !isFailing.value; saves += 1) await save();
    return !isDirty.value;
  }

  /** Another page of this agent had the desk meanwhile: what was typed there stands here now. */
  async function renew(): Promise<void> {
    const id = callId.value;
    // Unreachable: then the server refuses the next save, and both are put together.
    const call = (await wire.snapshot().catch(() => null))?.call;
    if (!call || call.call_id !== id || id !== callId.value || call.draft.version <= version) return;
    savedAt.value = call.draft.saved_at;
    meet(call.draft.version, readDraft(call.draft.body));
  }
  let wasElsewhere = false;
  watch(leads, (now) => {
    if (now && wasElsewhere) void renew();
    if (now !== null) wasElsewhere = !now;
  });

  watch(callId, load, { immediate: true, flush: 'sync' });
  watch(() => state.value?.agent.id, (id) => void (id !== undefined && others.bring(callId.value !== null)));
  // An answered call brings the version it is at; what was typed while it rang is saved now.
  watch(() => state.value?.call?.call_id, (id) => {
    if (id === undefined || id !== callId.value) return;
    const draft = state.value?.call?.draft;
    if (draft && draft.version > version) meet(draft.version, readDraft(draft.body));
    if (isDirty.value) schedule(0);
  });
  watch(body, changed, { deep: true, flush: 'sync' });

  const lastSave = () => void save(true);
  window.addEventListener('pagehide', lastSave);
  /** Everything that was typed goes up before its agent goes; what cannot keeps him here. */
  const mayLeave = async () => {
    await Promise.all([saveNow(), others.bring(true)]);
    return !isDirty.value && others.left.value.length === 0;
  };
  beforeSignOut.add(mayLeave);
  onScopeDispose(() => {
    window.removeEventListener('pagehide', lastSave);
    beforeSignOut.delete(mayLeave);
    window.clearTimeout(timer);
  });

  return {
    body, callId, savedAt, isDirty, isFailing, isTooLong, saveNow, left: others.left, bringAgain: () => others.bring(false), discard: others.discard,
  };
}

export type DraftHandle = ReturnType<typeof useDraft>;
