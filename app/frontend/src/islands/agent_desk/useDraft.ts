// Saves the draft behind the typing: to the tab at once, to the server within two seconds, until it took it.
import { computed, onScopeDispose, reactive, ref, watch, type Ref } from 'vue';

import { Refused } from '../../shared/http';
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

const PREFIX = 'hotline-draft:';
const keyOf = (callId: number) => `${PREFIX}${callId}`;

/** A call that rings again finds what was typed; when another one comes, the tab forgets it. */
function forgetOthers(callId: number): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && key !== keyOf(callId)) sessionStorage.removeItem(key);
  }
}

/** The draft of the call on the desk (or of the one that rings). */
export function useDraft(wire: DeskWire, state: Readonly<Ref<DeskState | null>>) {
  const body = reactive<DraftBody>(emptyDraft());
  const savedAt = ref<Moment | null>(null);
  const isDirty = ref(false);
  const isFailing = ref(false);
  const callId = computed(() => state.value?.call?.call_id ?? state.value?.offer?.call_id ?? null);

  let version = 0;
  let timer = 0;
  let oldestChangeAt = 0;
  let isSaving = false;
  let isLoading = false;

  function keep(id: number): void {
    sessionStorage.setItem(keyOf(id), JSON.stringify({ version, body } satisfies Kept));
  }

  function recall(id: number): Kept | null {
    try {
      return JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }

  function load(id: number | null): void {
    isLoading = true;
    window.clearTimeout(timer);
    if (id !== null) forgetOthers(id);
    const saved = id !== null && state.value?.call?.call_id === id ? state.value.call.draft : null;
    const kept = id === null ? null : recall(id);
    version = saved?.version ?? 0;
    savedAt.value = saved?.saved_at ?? null;
    isDirty.value = kept !== null;
    isFailing.value = false;
    const ofServer = readDraft(saved?.body);
    Object.assign(body, kept ? mergeDrafts(readDraft(kept.body), ofServer) : ofServer);
    queueMicrotask(() => (isLoading = false));
    if (kept) schedule(0);
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
    keep(id);
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
      if (JSON.stringify(body) === sent) {
        isDirty.value = false;
        sessionStorage.removeItem(keyOf(id));
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
      isLoading = true;
      Object.assign(body, mergeDrafts(body, readDraft(theirs['body'])));
      queueMicrotask(() => (isLoading = false));
      schedule(0);
      return;
    }
    isFailing.value = true;
    schedule(RETRY_MS);
  }

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

  return { body, callId, savedAt, isDirty, isFailing, saveNow: () => save() };
}

export type DraftHandle = ReturnType<typeof useDraft>;
