// A server of drafts as strict as the real one: it keeps versions, and refuses what was written on an older one.
import { effectScope, ref, shallowRef, type EffectScope } from 'vue';

import { makeCall, makeDesk } from '../src/dev/samples';
import { fromSnapshot } from '../src/islands/agent_desk/applyFact';
import type { DeskState } from '../src/islands/agent_desk/deskTypes';
import type { DeskWire } from '../src/islands/agent_desk/deskWire';
import { emptyDraft, type DraftBody } from '../src/islands/agent_desk/draft';
import { useDraft, type DraftHandle } from '../src/islands/agent_desk/useDraft';
import { Refused } from '../src/shared/http';
import type { Vault } from '../src/shared/vault';

export const AT = '2026-11-23T02:41:07Z';

interface Saved {
  version: number;
  body: DraftBody;
}

export class DraftServer {
  drafts = new Map<number, Saved>();
  /** What it answers instead of saving. */
  fails: Error | null = null;
  /** Milliseconds that a save is on its way. */
  takes = 0;

  noteOf(call: number): string | undefined {
    return this.drafts.get(call)?.body.record.note;
  }

  /** Another page or machine of this agent wrote a note. */
  anotherWrites(call: number, record: Partial<DraftBody['record']>): void {
    const { version = 0, body = emptyDraft() } = this.drafts.get(call) ?? {};
    this.drafts.set(call, { version: version + 1, body: { ...body, record: { ...body.record, ...record } } });
  }

  desk(call: number | null): ReturnType<typeof makeDesk> {
    if (call === null) return makeDesk();
    const { version = 0, body = {} } = this.drafts.get(call) ?? {};
    return makeDesk({ call: makeCall({ call_id: call, draft: { version, body: structuredClone(body), saved_at: version ? AT : null } }) });
  }

  wire(shown: number): DeskWire {
    const save = async (id: number, version: number, body: object) => {
      if (this.takes) await new Promise((resolve) => setTimeout(resolve, this.takes));
      if (this.fails) throw this.fails;
      const now = this.drafts.get(id) ?? { version: 0, body: {} };
      if (version !== now.version) {
        throw new Refused(409, { code: 'draft-is-newer', parameters: structuredClone(now) as unknown as Record<string, unknown> });
      }
      this.drafts.set(id, { version: version + 1, body: structuredClone(body) as DraftBody });
      return { version: version + 1, saved_at: AT };
    };
    return { snapshot: () => Promise.resolve(this.desk(shown)), saveDraft: save } as unknown as DeskWire;
  }
}

export interface Page {
  state: { value: DeskState | null };
  draft: DraftHandle;
  leads: { value: boolean | null };
  scope: EffectScope;
}

/** A page of the agent with this call on its desk. */
export function openPage(server: DraftServer, vault: Vault, call: number | null, leads: boolean | null = true): Page {
  const scope = effectScope();
  const state = shallowRef<DeskState | null>(fromSnapshot(server.desk(call), null));
  const leading = ref<boolean | null>(leads);
  const draft = scope.run(() => useDraft(server.wire(call ?? 0), state, vault, leading)) as DraftHandle;
  return { state, draft, leads: leading, scope };
}

/** The next call rings in and is answered, or (null) the desk is empty again. */
export function nextCall(page: Page, server: DraftServer, call: number | null): void {
  page.state.value = { ...(page.state.value as DeskState), offer: null, call: server.desk(call).call };
}
