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
    category_code: '0501', county_code: '441602', town_code: '441602001', address: '建设大道 18 号二楼', caller_name: '张女士', urgency: 'normal', privacy: 'confidential',
  },
};
const talking = { state: 'talking' as const, reason: null, since: ago(134), until: null, next_state: null, next_reason: null, extensions: 0 };

export const scenes: Record<string, (server: FakeServer) => void> = {
  ready: () => undefined,
  not_ready: (server) => {
    server.desk = makeDesk({ presence: { state: 'not_ready', reason: 'break', since: ago(240), until: null, next_state: null, next_reason: null, extensions: 0 } });
  },
  missed: (server) => {
    server.desk = makeDesk({ presence: { state: 'missed', reason: null, since: ago(12), until: null, next_state: null, next_reason: null, extensions: 0 } });
  },
  ringing: (server) => {
    server.desk = makeDesk({ offer: makeOffer(), presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null, next_reason: null, extensions: 0 } });
  },
  ringing_late: (server) => {
    const offer = makeOffer({
      line: { ...line, name: '12315', greeting: '' }, suggestions: [], missing: ['line', 'caller', 'tickets', 'calls', 'suggestions'],
      caller: { ...caller, place: null, persons: [], calls_7_days: 0, open_tickets: [], recent_calls: [] },
    });
    server.desk = makeDesk({ offer, presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null, next_reason: null, extensions: 0 } });
  },
  ringing_marked: (server) => {
    const hidden = { ticket_id: 5, number: 'HY20261120000032-1', title: '', state: 'handling', opened_at: ago(3 * 86400), is_confidential: true, contact_shown: '' };
    const marked = { ...caller, chosen_id: 2, restricted_until: ahead(86400), open_tickets: [...caller.open_tickets, hidden] };
    const offer = makeOffer({ caller: marked, line: { ...line, language: 'hakka' } });
    server.desk = makeDesk({ offer, presence: { state: 'offered', reason: null, since: ago(4), until: ahead(16), next_state: null, next_reason: null, extensions: 0 } });
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
      presence: { state: 'reconnecting', reason: null, since: ago(2), until: null, next_state: null, next_reason: null, extensions: 0 },
    });
  },
  wrap_up: (server) => {
    server.desk = makeDesk({
      call: makeCall({ state: 'ended', ended_at: ago(12), ended_by: 'caller', draft: { version: 3, body: written, saved_at: ago(30) }, recordings: [{ recording_id: 3, segment: 3, state: 'ok', seconds: 122, url: '/none.wav' }] }),
      presence: { state: 'wrap_up', reason: null, since: ago(12), until: ahead(48), next_state: null, next_reason: null, extensions: 0 },
    });
  },
  consulting: (server) => {
    server.desk = makeDesk({
      call: makeCall({
        state: 'held', state_since: ago(20), draft: { version: 3, body: written, saved_at: ago(3) },
        control: {
          state: 'held', direction: 'in', can: ['hold', 'mute', 'digits', 'pause_recording', 'consult', 'transfer'], is_muted: false, is_recording_paused: true, supervision: [],
          parties: [{ party: 71, role: 'consulted', name: '李雅琴', number_shown: '1007', is_answered: true }],
        },
      }),
      presence: talking,
      messages: [
        { message_id: 8, is_mine: false, is_help: false, from_name: '黄志远', from_number: '1002', to_name: '陈小明', call_id: null, text: '预付卡的新口径已发到知识库，请按新版答复。', sent_at: ago(60), answer: null, answered_by: null, answered_at: null },
        { message_id: 7, is_mine: true, is_help: true, from_name: '陈小明', from_number: '1006', to_name: '', call_id: 501, text: '来电人情绪激动，请协助。', sent_at: ago(90), answer: '我来监听，您继续。', answered_by: '黄志远', answered_at: ago(70) },
      ],
    });
  },
  handed: (server) => {
    const handing = { from_name: '李雅琴', from_number: '1007', kind: 'warm', summary: '预付卡退费，商家停业，来电人希望今天有人联系。' };
    server.desk = makeDesk({ offer: { ...makeOffer(), why: 'consulted', handing }, presence: { state: 'offered', reason: 'consult', since: ago(4), until: ahead(16), next_state: null, next_reason: null, extensions: 0 } });
  },
  elsewhere: (server) => {
    server.desk = makeDesk();
    setTimeout(() => server.takenElsewhere(), 400);
  },
  link_lost: (server) => {
    server.desk = makeDesk({ call: makeCall({ draft: { version: 3, body: written, saved_at: ago(3) } }), presence: talking });
    setTimeout(() => server.linksDown(), 400);
  },
};
