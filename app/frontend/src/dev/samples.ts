// Invented callers, answers and categories for the harness and the tests.
import type { Call, CallerCard, Desk, Line, Offer, Suggestion } from '../islands/agent_desk/deskTypes';

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
export const ahead = (seconds: number): string => ago(-seconds);

export const line: Line = {
  number: '12315',
  name: '市场监管热线',
  mode: 'dual_number',
  mode_is_sample: true,
  greeting: '您好，这里是 12345 政务服务便民热线，市场监管方面的诉求请讲。',
};

export const caller: CallerCard = {
  number_shown: '139****2817',
  is_withheld: false,
  place: '河源 · 移动',
  persons: [
    { caller_id: 1, name_shown: '张女士' },
    { caller_id: 2, name_shown: '李先生' },
  ],
  calls_7_days: 1,
  open_tickets: [
    { ticket_id: 4, number: 'HY20261123000418-7', title: '健身房停业，预付卡余额不退', state: 'handling', opened_at: ago(2 * 86400) },
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
    call_id: 501, offer_id: 9001, line, caller, suggestions, arrived_at: ago(9), ring_until: ahead(16), resumes: false, ...more,
  };
}

export function makeCall(more: Partial<Call> = {}): Call {
  return {
    call_id: 501, exchange_id: 'hy1', line, caller, suggestions, arrived_at: ago(150), state: 'talking', state_since: ago(134),
    talk_started_at: ago(134), ended_at: null, ended_by: null,
    control: {
      state: 'talking', direction: 'in', can: ['hold', 'mute', 'digits', 'consult', 'transfer'], is_muted: false, is_recording_paused: false, parties: [], supervision: [],
    },
    draft: { version: 0, body: {}, saved_at: null }, outcomes: [], recordings: [], ...more,
  };
}

export function makeDesk(more: Partial<Desk> = {}): Desk {
  return {
    number: 10,
    now: ago(0),
    agent: { id: 7, name: '陈小明', work_number: '1006', role: 'agent' },
    presence: { state: 'ready', reason: null, since: ago(95), until: null, next_state: null },
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
        help: ['county_code', 'occurred', 'content', 'demand'], consult: ['county_code', 'content'], suggestion: ['county_code', 'content'],
      },
      exclusions: [
        { code: 'X2', name_zh: '须走诉讼等法定途径', name_en: 'Has a statutory channel', treatment: 'tell', told_where: '法院、仲裁机构', told_words: '请向有权处理的机关提出。', basis: '示例' },
        { code: 'X5', name_zh: '不属本市行政区域', name_en: 'Outside the city', treatment: 'tell', told_where: '事发地 12345', told_words: '请拨打事发地区号加 12345 反映。', basis: '示例' },
      ],
      urgency_words: ['扬言', '安全隐患', '漏电'],
      limits: { record: { note: 5000, told_where: 200, told_words: 1000, caller_name: 40 }, ticket: { title: 50, content: 5000, demand: 500, address: 200 } },
    },
    not_ready_reasons: ['break', 'meal', 'meeting', 'training'],
    figures: { answered_today: 17 },
    ...more,
  };
}
