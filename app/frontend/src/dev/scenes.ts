// Scenes of a working day, to be looked at in both languages and both sizes.
import type { FakeServer } from './fakeServer';
import { ago, ahead, caller, line, makeCall, makeDesk, makeOffer } from './samples';

const written = {
  tab: 'record',
  record: { category_code: '0501', article_id: 11, result: 'answered', told_where: '', note: '来电人反映健身房停业，预付卡余额 1,280 元未退，询问如何投诉。', caller_name: '张女士' },
};
const ticketWritten = {
  tab: 'ticket',
  ticket: {
    request_type: 'complaint', title: '健身房停业，预付卡余额不退', content: '来电人 10 月在源城区某健身房办卡，余额 1,280 元，商家 11 月 15 日停业且联系不上，要求退款。',
    category_code: '0501', county_code: '441602', town_code: '441602001', address: '建设大道 18 号二楼', caller_name: '张女士', urgency: 'normal', is_confidential: true,
  },
};
const talking = { state: 'talking' as const, reason: null, since: ago(134), until: null, next_state: null };

export const scenes: Record<string, (server: FakeServer) => void> = {
  ready: () => undefined,
  not_ready: (server) => {
    server.desk = makeDesk({ presence: { state: 'not_ready', reason: 'break', since: ago(240), until: null, next_state: null } });
  },
  missed: (server) => {
    server.desk = makeDesk({ presence: { state: 'missed', reason: null, since: ago(12), until: null, next_state: null } });
  },
  ringing: (server) => {
    server.desk = makeDesk({ offer: makeOffer(), presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null } });
  },
  ringing_late: (server) => {
    const offer = makeOffer({
      line: { ...line, name: '12315', greeting: '' }, suggestions: [], missing: ['line', 'caller', 'tickets', 'calls', 'suggestions'],
      caller: { ...caller, place: null, persons: [], calls_7_days: 0, open_tickets: [], recent_calls: [] },
    });
    server.desk = makeDesk({ offer, presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null } });
  },
  ringing_marked: (server) => {
    const hidden = { ticket_id: 5, number: 'HY20261120000032-1', title: '', state: 'handling', opened_at: ago(3 * 86400), is_confidential: true };
    const marked = { ...caller, chosen_id: 2, restricted_until: ahead(86400), open_tickets: [...caller.open_tickets, hidden] };
    const offer = makeOffer({ caller: marked, line: { ...line, language: 'hakka' } });
    server.desk = makeDesk({ offer, presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null } });
  },
  talking: (server) => {
    server.desk = makeDesk({ call: makeCall({ draft: { version: 3, body: written, saved_at: ago(3) } }), presence: talking });
  },
  ticket: (server) => {
    server.desk = makeDesk({ call: makeCall({ draft: { version: 3, body: ticketWritten, saved_at: ago(3) } }), presence: talking });
  },
  reconnecting: (server) => {
    server.desk = makeDesk({
      phone_mode: 'browser',
      call: makeCall({ state: 'reconnecting', draft: { version: 3, body: written, saved_at: ago(3) } }),
      presence: { state: 'reconnecting', reason: null, since: ago(2), until: null, next_state: null },
    });
  },
  wrap_up: (server) => {
    server.desk = makeDesk({
      call: makeCall({ state: 'ended', ended_at: ago(12), ended_by: 'caller', draft: { version: 3, body: written, saved_at: ago(30) }, recordings: [{ recording_id: 3, state: 'ok', seconds: 122, url: '/none.wav' }] }),
      presence: { state: 'wrap_up', reason: null, since: ago(12), until: ahead(48), next_state: null },
    });
  },
  link_lost: (server) => {
    server.desk = makeDesk({ call: makeCall({ draft: { version: 3, body: written, saved_at: ago(3) } }), presence: talking });
    setTimeout(() => server.linksDown(), 400);
  },
};
