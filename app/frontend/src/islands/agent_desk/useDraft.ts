// Saves the draft behind the typing: to the browser's vault at once, to the server within two seconds, until it took it.
import { computed, onScopeDispose, reactive, ref, watch, type Ref } from 'vue';

import { Refused } from '../../shared/http';
import type { Vault } from '../../shared/vault';
import type { DeskState, Moment } from './deskTypes';
import type { DeskWire } from './deskWire';
import { emptyDraft, isUntouched, mergeDrafts, readDraft, type DraftBody } from './draft';

const AFTER_TYPING_MS = 600;
const AT_LATEST_MS = 1500;
const RETRY_MS = 2000;

interface Kept {
  version: number;
  body: DraftBody;
}

/** The draft of the call on the desk (or of the one that rings). */
export function useDraft(wire: DeskWire, state: Readonly<Ref<DeskState | null>>, vault: Vault, leads: Readonly<Ref<boolean | null>>) {
  const body = reactive<DraftBody>(emptyDraft());
  const savedAt = ref<Moment | null>(null);
  const isDirty = ref(false);
  const isFailing = ref(false);
  /** More was pasted than a draft holds: it stays in this browser until it is shortened. */
  const isTooLong = ref(false);
  const callId = computed(() => state.value?.call?.call_id ?? state.value?.offer?.call_id ?? null);

  let version = 0;
  let timer = 0;
  let oldestChangeAt = 0;
  let isSaving = false;
  let isLoading = false;
  let isKeeping = false;
  let mustKeepAgain = false;

  const prefix = () => `draft:${state.value?.agent.id ?? 0}:`;
  const nameOf = (id: number) => `${prefix()}${id}`;

  /** Put what is typed into the vault; one write at a time, and the last one counts. */
  async function keep(id: number): Promise<void> {
    if (isKeeping) {
      mustKeepAgain = true;
      return;
    }
    isKeeping = true;
    do {
      mustKeepAgain = false;
      await vault.write(nameOf(id), { version, body } satisfies Kept);
    } while (mustKeepAgain && isDirty.value && id === callId.value);
    isKeeping = false;
    // The server took it while it was being written down. Of another call: it is brought up with the next.
    if (id === callId.value && !isDirty.value) forget(id);
  }

  function forget(id: number): void {
    void vault.remove(nameOf(id));
  }

  /** What was typed about an earlier call and never reached the server goes there now, once. */
  async function bringOthers(id: number): Promise<void> {
    for (const name of await vault.names(prefix())) {
      if (name === nameOf(id)) continue;
      const kept = await vault.read<Kept>(name);
      try {
        if (kept) await wire.saveDraft(Number(name.slice(prefix().length)), kept.version, kept.body);
      } catch (error) {
        // A refusal is an answer: the server has a newer one, or the call was never this agent's.
        if (!(error instanceof Refused)) continue;
      }
      await vault.remove(name);
    }
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
    take(readDraft(saved?.body));
    if (id !== null) void recall(id);
  }

  /** What a page before this one could not save comes back, and is saved now. */
  async function recall(id: number): Promise<void> {
    void bringOthers(id);
    const before = JSON.stringify(body);
    const kept = await vault.read<Kept>(nameOf(id));
    if (!kept || id !== callId.value) return;
    const theirs = readDraft(kept.body);
    // Nothing typed meanwhile: what was kept is the newer one. Else the fingers have the last word.
    take(JSON.stringify(body) === before ? mergeDrafts(theirs, body) : mergeDrafts(body, theirs));
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

  async function save(outlives = false): Promise<void> {
    const id = state.value?.call?.call_id;
    // While it still rings there is no call to save to; the tab keeps what is typed.
    if (id === undefined || id !== callId.value || !isDirty.value || isSaving) return;
    isSaving = true;
    const sent = JSON.stringify(body);
    try {
      const answer = await wire.saveDraft(id, version, JSON.parse(sent) as object, outlives);
      if (id !== callId.value) return;
      version = answer.version;
      savedAt.value = answer.saved_at;
      isFailing.value = false;
      isTooLong.value = false;
      if (JSON.stringify(body) === sent) {
        isDirty.value = false;
        forget(id);
      } else {
        oldestChangeAt = performance.now();
        schedule(AFTER_TYPING_MS);
      }
    } catch (error) {
      if (id === callId.value) afterRefusal(error);
    } finally {
      isSaving = false;
    }
  }

  function afterRefusal(error: unknown): void {
    if (error instanceof Refused && error.refusal.code === 'draft-is-newer') {
      const theirs = error.refusal.parameters;
      version = Number(theirs['version'] ?? version);
      take(mergeDrafts(body, readDraft(theirs['body'])));
      schedule(0);
      return;
    }
    isFailing.value = true;
    isTooLong.value = error instanceof Refused && error.refusal.code === 'draft-is-too-long';
    schedule(RETRY_MS);
  }

  /** Another page of this agent had the desk meanwhile: what was typed there stands here now. */
  async function renew(): Promise<void> {
    const id = callId.value;
    // Unreachable: then the server refuses the next save, and both are put together.
    const call = (await wire.snapshot().catch(() => null))?.call;
    if (!call || call.call_id !== id || id !== callId.value || call.draft.version <= version) return;
    version = call.draft.version;
    savedAt.value = call.draft.saved_at;
    const theirs = readDraft(call.draft.body);
    take(isDirty.value ? mergeDrafts(body, theirs) : theirs);
  }
  let wasElsewhere = false;
  watch(leads, (now) => {
    if (now && wasElsewhere) void renew();
    if (now !== null) wasElsewhere = !now;
  });

  watch(callId, load, { immediate: true, flush: 'sync' });
  // An answered call brings the version it is at; what was typed while it rang is saved now.
  watch(() => state.value?.call?.call_id, (id) => {
    if (id === undefined || id !== callId.value) return;
    version = state.value?.call?.draft.version ?? version;
    if (isDirty.value) schedule(0);
  });
  watch(body, changed, { deep: true, flush: 'sync' });

  const lastSave = () => void save(true);
  window.addEventListener('pagehide', lastSave);
  onScopeDispose(() => {
    window.removeEventListener('pagehide', lastSave);
    window.clearTimeout(timer);
  });

  return { body, callId, savedAt, isDirty, isFailing, isTooLong, saveNow: () => save() };
}

export type DraftHandle = ReturnType<typeof useDraft>;
