// Invented callers, answers and categories for the harness and the tests.
import type { Call, CallerCard, Desk, Directory, Line, MissedCaller, Notice, Offer, OwnDay, Suggestion } from '../islands/agent_desk/deskTypes';

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
export const ahead = (seconds: number): string => ago(-seconds);

export const line: Line = {
  number: '12315',
  name: '市场监管热线',
  mode: 'dual_number',
  mode_is_sample: true,
  greeting: '您好，这里是 12345 政务服务便民热线，市场监管方面的诉求请讲。',
  language: null,
  person_kind: null,
};

export const caller: CallerCard = {
  number_shown: '139****2817',
  is_withheld: false,
  place: { 'zh-CN': '广东省河源市 · 中国移动', en: 'Heyuan, Guangdong · China Mobile' },
  persons: [
    {
      caller_id: 1, name_shown: '张女士', language: null,
      other_numbers: [{ number_id: 31, number_shown: '0762****118', is_contact: false }, { number_id: 32, number_shown: '137****5566', is_contact: true }],
    },
    { caller_id: 2, name_shown: '李先生', language: 'hakka', other_numbers: [] },
  ],
  chosen_id: null,
  restricted_until: null,
  calls_7_days: 1,
  open_tickets: [
    { ticket_id: 4, number: 'HY20261123000418-7', title: '健身房停业，预付卡余额不退', state: 'handling', opened_at: ago(2 * 86400), is_confidential: false, contact_shown: '137****5566' },
  ],
  recent_calls: [
    { call_id: 91, line_name: '市场监管热线', at: ago(2 * 86400), outcome: 'ticket', summary: '健身房停业，预付卡余额 1,280 元不退，要求退款' },
    { call_id: 80, line_name: '12345', at: ago(20 * 86400), outcome: 'answered', summary: '咨询居住证办理地点' },
    { call_id: 71, line_name: '供水服务', at: ago(40 * 86400), outcome: 'told_where', summary: null },
  ],
};

export const suggestions: Suggestion[] = [
  {
    article_id: 11, title: '预付卡退费如何投诉', unit_name: '市市场监督管理局', basis: '《单用途商业预付卡管理办法》',
    category_code: '0501', answer: '经营者停业或者迁址的，应当提前告知消费者并退还余额。请保留购卡凭证、合同和付款记录，我们可以为您登记投诉，由属地市场监管部门在规定时限内受理并答复。',
    valid_until: '2026-12-31',
  },
  {
    article_id: 12, title: '商家停业后去哪里登记债权', unit_name: '市市场监督管理局', basis: null,
    answer: '可以带身份证和购卡凭证到经营地的市场监督管理所登记。', valid_until: '2027-06-30', category_code: null,
  },
  {
    article_id: 13, title: '网络购物七天无理由退货', unit_name: '市市场监督管理局', basis: '《消费者权益保护法》第二十五条',
    answer: '除定作、鲜活易腐等商品外，消费者自收到商品之日起七日内可以无理由退货，退回商品的运费一般由消费者承担。', valid_until: null, category_code: null,
  },
];

export function makeOffer(more: Partial<Offer> = {}): Offer {
  return {
    call_id: 501, offer_id: 9001, line, caller, suggestions, arrived_at: ago(9), missing: [], ring_until: ahead(16), resumes: false, why: null,
    handing: null, ...more,
  };
}

export function makeCall(more: Partial<Call> = {}): Call {
  return {
    call_id: 501, exchange_id: 'hy1', line, caller, suggestions, arrived_at: ago(150), missing: [], state: 'talking', state_since: ago(134),
    talk_started_at: ago(134), ended_at: null, ended_by: null,
    control: {
      state: 'talking', direction: 'in', can: ['hold', 'mute', 'digits', 'pause_recording', 'consult', 'transfer', 'supervise', 'call_out'], is_muted: false, is_recording_paused: false, parties: [], supervision: [],
    },
    handing: null,
    draft: { version: 0, body: {}, saved_at: null }, outcomes: [], recordings: [], ...more,
  };
}

export function makeDesk(more: Partial<Desk> = {}): Desk {
  return {
    number: 10,
    now: ago(0),
    agent: { id: 7, name: '陈小明', work_number: '1006', role: 'agent' },
    presence: { state: 'ready', reason: null, since: ago(95), until: null, next_state: null, next_reason: null, extensions: 0 },
    offer: null,
    call: null,
    board: { version: 1, waiting: 3, longest_since: ago(21), as_of: ago(0) },
    exchanges: [{ exchange_id: 'hy1', kind: 'asterisk', is_up: true, lag: 'ok', controls: ['hold', 'mute', 'digits', 'pause_recording', 'consult', 'transfer', 'supervise', 'call_out'] }],
    phone_mode: 'http',
    wrap_up_codes: [
      ['answered', '直接解答', 'Answered'], ['ticket', '已立工单', 'Ticket opened'], ['progress', '查询进度', 'Asked for progress'],
      ['told', '告知渠道', 'Told where to go'], ['transferred', '已转接', 'Transferred'], ['unclear', '诉求不明', 'Unclear'],
      ['silent', '无声来电', 'Silent call'], ['wrong', '误拨', 'Wrong number'], ['malicious', '恶意来电', 'Malicious'],
    ].map(([code = '', name_zh = '', name_en = '']) => ({ code, name_zh, name_en })),
    categories: [
      { code: '05', name: '市场监管', parent_code: null, keywords: [], initials: 'scjg', pinyin: 'shi chang jian guan' },
      { code: '0501', name: '预付卡', parent_code: '05', keywords: ['健身卡', '充值卡', '退费'], initials: 'yfk', pinyin: 'yu fu ka' },
      { code: '0502', name: '食品安全', parent_code: '05', keywords: ['过期', '变质'], initials: 'spaq', pinyin: 'shi pin an quan' },
      { code: '07', name: '供水供电', parent_code: null, keywords: [], initials: 'gsgd', pinyin: 'gong shui gong dian' },
      { code: '0701', name: '停水', parent_code: '07', keywords: ['没水'], initials: 'ts', pinyin: 'ting shui' },
      { code: '0702', name: '停电', parent_code: '07', keywords: ['没电', '跳闸'], initials: 'td', pinyin: 'ting dian' },
    ],
    counties: [
      { code: '441602', name: '源城区' }, { code: '441621', name: '紫金县' }, { code: '441622', name: '龙川县' },
    ],
    form_rules: {
      results: {
        answered: [['category_code'], ['article_id', 'note']], told_where: [['category_code'], ['exclusion_code'], ['told_where'], ['told_words']],
        transferred: [['category_code'], ['transfer_to'], ['note']], no_demand: [], malicious: [['note']],
      },
      elements: {
        complaint: ['county_code', 'occurred', 'respondent', 'content', 'demand'], report: ['county_code', 'occurred', 'respondent', 'content', 'demand'],
        help: ['county_code', 'occurred', 'content', 'demand'], consult: ['county_code', 'content'], suggestion: ['county_code', 'content'], praise: ['county_code', 'content'],
      },
      exclusions: [
        { code: 'X2', name_zh: '须走诉讼等法定途径', name_en: 'Has a statutory channel', treatment: 'tell', told_where: '法院、仲裁机构', told_words: '请向有权处理的机关提出。', basis: '示例' },
        { code: 'X5', name_zh: '不属本市行政区域', name_en: 'Outside the city', treatment: 'tell', told_where: '事发地 12345', told_words: '请拨打事发地区号加 12345 反映。', basis: '示例' },
      ],
      types: [
        { code: 'consult', name_zh: '咨询', name_en: 'Enquiry', nature: 'consult', is_confidential: false }, { code: 'complaint', name_zh: '投诉', name_en: 'Complaint', nature: 'complaint', is_confidential: false },
        { code: 'help', name_zh: '求助', name_en: 'Help', nature: 'help', is_confidential: false }, { code: 'suggestion', name_zh: '建议', name_en: 'Suggestion', nature: 'suggestion', is_confidential: false },
        { code: 'report', name_zh: '举报', name_en: 'Report', nature: 'report', is_confidential: true }, { code: 'praise', name_zh: '表扬', name_en: 'Praise', nature: 'statistical', is_confidential: false },
      ],
      flags: ['risk', 'sensitive', 'group', 'complex'],
      tags: [{ code: 'wage_arrears', name_zh: '欠薪', name_en: 'Unpaid wages' }, { code: 'prepaid_card', name_zh: '预付卡', name_en: 'Prepaid cards' }],
      urgency_words: ['扬言', '安全隐患', '漏电'],
      limits: { record: { note: 5000, told_where: 200, told_words: 1000, caller_name: 40 }, ticket: { title: 50, content: 5000, demand: 500, address: 200 } },
    },
    not_ready_reasons: ['break', 'meal', 'meeting', 'training'],
    figures: { answered_today: 17 },
    messages: [],
    notices: [],
    settings: { keys: {}, volume: 60, text_size: 'normal', notices: true, single_keys: true },
    holder: null,
    may_call_emergencies: true,
    ...more,
  };
}

export const directory: Directory = {
  colleagues: [
    { work_number: '1007', name: '李雅琴', state: 'ready', can_be_rung: true },
    { work_number: '1008', name: '曾国强', state: 'talking', can_be_rung: false },
    { work_number: '1002', name: '黄志远', state: 'not_ready', can_be_rung: true },
  ],
  entries: ([
    ['police-110', '公安 110', 'emergency', '110', 'three_party', true, null],
    ['fire-119', '消防 119', 'emergency', '119', 'three_party', true, null],
    ['medical-120', '急救 120', 'emergency', '120', 'warm', true, null],
    ['traffic-122', '交通事故 122', 'emergency', '122', 'warm', true, null],
    ['power-95598', '供电服务 95598', 'utility', '95598', 'cold', true, null],
    ['housing-fund-sample', '住房公积金分中心', 'hotline', '0762****006', 'warm', false, ahead(3600)],
    ['urban-management-sample', '城市管理值班室', 'unit', '0762****007', 'cold', true, ahead(7200)],
  ] as const).map(([code, name, kind, number_shown, hands_over, is_open, changes_at]) => ({
    code, name, kind, number_shown, hands_over, is_open, changes_at, has_fallback: false, is_sample: code.endsWith('sample'),
  })),
  shown_numbers: [{ number: '12345', name: '政务服务便民热线' }, { number: '12315', name: '市场监管热线' }],
};

export const missedCallers: MissedCaller[] = [
  {
    call_id: 301, number_shown: '139****0777', dialled_number: '12315', line_name: '市场监管热线', called_at: ago(7500), waited_seconds: 41, result: 'abandoned',
    state: 'open', owner_name: '', is_mine: false, by_name: '', at: null, due_at: ago(300), is_late: true, tries: 0, why: '',
  },
  {
    call_id: 302, number_shown: '137****2200', dialled_number: '12345', line_name: '12345', called_at: ago(1800), waited_seconds: 12, result: 'abandoned',
    state: 'taken', owner_name: '李雅琴', is_mine: false, by_name: '李雅琴', at: ago(600), due_at: ahead(5400), is_late: false, tries: 1, why: '',
  },
  {
    call_id: 300, number_shown: '0762****333', dialled_number: '12366', line_name: '税务热线', called_at: ago(9000), waited_seconds: 65, result: 'abandoned',
    state: 'called_back', owner_name: '陈小明', is_mine: true, by_name: '陈小明', at: ago(3000), due_at: ago(1800), is_late: false, tries: 1, why: '',
  },
];

export const ownDay: OwnDay = {
  offered: 19, answered: 17, called_out: 2, missed: 1, handled: 19, rung: 74, talk: 3420, wrap_up: 960, ready: 2400, not_ready: 1500, beside: 180,
  handling_seconds: 4380 / 19, occupancy: 4454 / 6854, since: ago(36000), as_of: ago(0),
};

export function makeNotice(change: Partial<Notice> = {}): Notice {
  return {
    notice_id: 1, kind: 'state_forced', by_name: '周岚', by_number: '1001', at: ago(0), state: 'not_ready', reason: 'coaching',
    is_later: false, line_name: '', why_zh: '班组会议或培训安排', why_en: 'Called to a briefing or training', note: '十点前回来', ...change,
  };
}
