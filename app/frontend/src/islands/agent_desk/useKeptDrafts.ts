// Drafts of earlier calls that their page could not save: kept sealed, brought up again, and never thrown away unread.
import { onScopeDispose, shallowRef } from 'vue';

import { Refused } from '../../shared/http';
import type { Vault } from '../../shared/vault';
import type { Moment, Pop } from './deskTypes';
import type { DeskWire } from './deskWire';
import { mergeDrafts, readDraft, type DraftBody } from './draft';

const AGAIN_MS = 15_000;
const MOST_MERGES = 3;

/** What an agent knows a call by; without a number where it was withheld. */
export interface CallKnownBy {
  number: string;
  at: Moment;
}

/** A draft in the vault, and the version that it was written on. */
export interface Kept {
  version: number;
  body: DraftBody;
  /** What the server had on that version. */
  base?: DraftBody;
  /** Missing in what a page of before kept. */
  of?: CallKnownBy;
  /** Nothing but a ring so far: the call may be answered by a colleague. */
  onlyRang?: boolean;
}

/** Why it is not at the server: `waits` goes up by itself, the others need their agent. */
export type Why = 'waits' | 'too_long' | 'not_yours' | 'refused';

export interface LeftDraft {
  callId: number;
  of: CallKnownBy | null;
  why: Why;
  body: DraftBody;
}

interface Surroundings {
  wire: DeskWire;
  vault: Vault;
  /** How the entries of this agent begin. */
  prefix(): string;
  /** The call whose draft the desk itself looks after. */
  present(): number | null;
}

/** What was typed about earlier calls and has not reached the server. */
export function useKeptDrafts({ wire, vault, prefix, present }: Surroundings) {
  const left = shallowRef<LeftDraft[]>([]);
  let running: Promise<void> | null = null;

  /** Save it, put together with what another page saved meanwhile; null when the server has it. */
  async function send(name: string, id: number, kept: Kept): Promise<LeftDraft | null> {
    let { version, body, base } = kept;
    for (let merges = 0; merges < MOST_MERGES; merges += 1) {
      try {
        await wire.saveDraft(id, version, body);
        return null;
      } catch (error) {
        const theirs = newerIn(error);
        if (!theirs) return { callId: id, of: kept.of ?? null, why: whyNot(error), body };
        // They wrote later: a choice is theirs.
        body = mergeDrafts(body, theirs.body, { ...(base && { base }), yields: true });
        version = theirs.version;
        base = theirs.body;
        if (id !== present()) await vault.write(name, { ...kept, version, body, base } satisfies Kept);
      }
    }
    return { callId: id, of: kept.of ?? null, why: 'waits', body };
  }

  async function bringOne(name: string, isAnotherCall: boolean): Promise<void> {
    const id = Number(name.slice(prefix().length));
    if (id === present()) return;
    const kept = await vault.read<Kept>(name);
    // The same caller may ring here again in a moment.
    if (!kept || (kept.onlyRang && !isAnotherCall)) return;
    const rest = await send(name, id, { ...kept, body: readDraft(kept.body) });
    const isGone = rest === null || (rest.why === 'not_yours' && kept.onlyRang);
    if (id !== present() && isGone) await vault.remove(name);
    left.value = [...left.value.filter((one) => one.callId !== id), ...(rest && !isGone ? [rest] : [])];
  }

  async function bringAll(isAnotherCall: boolean): Promise<void> {
    for (const name of await vault.names(prefix())) await bringOne(name, isAnotherCall);
  }

  /** Bring up what is kept of other calls than the present one; one run at a time. */
  async function bring(isAnotherCall: boolean): Promise<void> {
    while (running) await running;
    running = bringAll(isAnotherCall).finally(() => (running = null));
    await running;
  }

  /** Its agent has read it and does not need it. */
  async function discard(callId: number): Promise<void> {
    await vault.remove(`${prefix()}${callId}`);
    left.value = left.value.filter((one) => one.callId !== callId);
  }

  const again = window.setInterval(() => {
    if (left.value.some((one) => one.why === 'waits')) void bring(false);
  }, AGAIN_MS);
  onScopeDispose(() => window.clearInterval(again));

  return { left, bring, discard };
}

/** What to know this call by later, when it has left the desk. */
export function knownBy({ caller, arrived_at: at }: Pop): CallKnownBy {
  return { number: caller.is_withheld ? '' : caller.number_shown, at };
}

/** What another page saved, where that is why the server said no. */
export function newerIn(error: unknown): { version: number; body: DraftBody } | null {
  if (!(error instanceof Refused) || error.refusal.code !== 'draft-is-newer') return null;
  const { version, body } = error.refusal.parameters;
  return { version: Number(version ?? 0), body: readDraft(body) };
}

/** Silence and an error of the server pass; the rest is an answer, and no reason to lose a word. */
function whyNot(error: unknown): Why {
  if (!(error instanceof Refused)) return 'waits';
  if (error.refusal.code === 'not-your-call') return 'not_yours';
  if (error.refusal.code === 'draft-is-too-long' || error.status === 413) return 'too_long';
  return error.status >= 500 || error.status === 429 || error.refusal.code === 'csrf' ? 'waits' : 'refused';
}
