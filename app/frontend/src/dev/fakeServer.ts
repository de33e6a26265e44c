// A server that lives in the page: keeps a desk, numbers its facts, answers the desk's questions.
import type { Desk, Fact, FactName, Lag, Notice, Outcome } from '../islands/agent_desk/deskTypes';
import type { DeskWire, News } from '../islands/agent_desk/deskWire';
import type { AlikeTicket, KnownPlace, PersonalTrace } from '../islands/agent_desk/formTypes';
import { Refused, SignedOut, Unreachable } from '../shared/http';
import { ago, ahead, directory, makeCall, makeDesk, makeNotice, makeOffer, missedCallers, ownDay, suggestions } from './samples';

type Body<Name extends FactName> = Extract<Fact, { name: Name }>['body'];

export class FakeServer {
  desk: Desk = makeDesk();
  facts: Fact[] = [];
  /** While true nobody is reached: neither questions nor news. */
  isAway = false;
  /** While true no news come; questions are answered. */
  isSilent = false;
  /** While true every question is refused for want of a session. */
  isSessionOver = false;
  heard: string[] = [];
  /** By how many milliseconds the server's clock is ahead of this page's. */
  clockAhead = 0;
  /** How often a page began anew on a fresh connection. */
  reconnected = 0;
  drafts: object[] = [];
  opened: Record<string, unknown>[] = [];
  /** Fields that are wrong to it although they are filled. */
  refuses: string[] = [];
  /** Reserved numbers that somebody else's ticket has meanwhile. */
  takenNumbers: string[] = [];
  alike: AlikeTicket[] = [];
  /** How long what it says is on its way, in ms; facts overtake it. */
  answersTravel = 0;
  /** How many colleagues are free for longer. */
  aheadOfMe = 2;
  known: KnownPlace[] = [];
  traces: PersonalTrace[] = [];
  private reserved = ['HY20261123900000', 'HY20261123900001', 'HY20261123900002'];
  private news: News | null = null;
  private ofOneSave: Fact[] | null = null;

  /** Save a fact and tell it, unless `isLost` (as if the socket had dropped it). */
  tell<Name extends FactName>(name: Name, body: Body<Name>, isLost = false): void {
    this.desk = { ...this.desk, number: this.desk.number + 1 };
    const fact = { number: this.desk.number, name, body, at: ago(0) } as Fact;
    this.facts.push(fact);
    if (isLost || this.isAway || this.isSilent) return;
    if (this.ofOneSave) this.ofOneSave.push(fact);
    else this.news?.facts([fact]);
  }

  /** Tell what happens inside as one save does: together. */
  private together(happens: () => void): void {
    const facts: Fact[] = (this.ofOneSave = []);
    happens();
    this.ofOneSave = null;
    if (facts.length && !this.isSilent) this.news?.facts(facts);
  }

  presence(change: Partial<Desk['presence']>): void {
    const presence = { ...this.desk.presence, since: ago(0), until: null, reason: null, ...change };
    this.desk = { ...this.desk, presence };
    this.tell('desk.presence_changed', { presence });
  }

  rings(): void {
    const offer = makeOffer();
    this.desk = { ...this.desk, offer };
    this.presence({ state: 'offered' });
    this.tell('desk.offer_made', { offer });
  }

  callerGone(): void {
    const { offer } = this.desk;
    if (!offer) return;
    this.desk = { ...this.desk, offer: null };
    this.tell('desk.offer_ended', { offer_id: offer.offer_id, call_id: offer.call_id, reason: 'caller_gone' });
    this.presence({ state: 'ready' });
  }

  answered(): void {
    const call = makeCall({ arrived_at: ago(14), state_since: ago(0), talk_started_at: ago(0) });
    this.desk = { ...this.desk, offer: null, call };
    const { call_id, exchange_id, state, state_since, talk_started_at, control } = call;
    this.together(() => {
      this.presence({ state: 'talking' });
      this.tell('desk.offer_answered', { call_id, exchange_id, state, state_since, talk_started_at, control });
    });
  }

  ends(by: string): void {
    const { call } = this.desk;
    if (!call) return;
    const ended_at = ago(0);
    this.desk = { ...this.desk, call: { ...call, state: 'ended', ended_at, ended_by: by } };
    this.together(() => {
      this.tell('desk.call_ended', { call_id: call.call_id, ended_at, ended_by: by });
      this.presence({ state: 'wrap_up', until: ahead(60) });
    });
  }

  /** Somebody else did something at this desk. */
  noticed(change: Partial<Notice> = {}): void {
    const notice = makeNotice({ notice_id: this.desk.notices.length + 1, ...change });
    this.desk = { ...this.desk, notices: [notice, ...this.desk.notices] };
    this.tell('desk.notice_told', { notice });
  }

  takenBy(machine: string): void {
    const holder = { machine, since: ago(0) };
    this.desk = { ...this.desk, holder };
    this.tell('desk.holder_changed', { holder });
  }

  takenElsewhere(): void {
    this.takenBy('another-machine');
  }

  private wished(what: string): void {
    const { call } = this.desk;
    if (!call || (what !== 'hold' && what !== 'resume')) return;
    const state = what === 'hold' ? 'held' : 'talking';
    this.desk = { ...this.desk, call: { ...call, state } };
    this.tell('desk.call_changed', { call_id: call.call_id, state, state_since: ago(0), control: { ...call.control, state } });
  }

  linksDown(): void {
    this.isAway = true;
    this.news?.disconnected();
  }

  /** Questions are answered as ever, and no news come. */
  newsAreCut(): void {
    this.isSilent = true;
    this.news?.disconnected();
  }

  /** The link to an exchange falls behind, or catches up. */
  lags(lag: Lag): void {
    this.news?.link({ exchange_id: 'hy1', is_up: true, lag });
  }

  /** The server says now and then how far the desk's numbers have come. */
  saysHowFarItIs(): void {
    this.news?.newest({ number: this.desk.number });
  }

  linksUp(): void {
    this.isAway = this.isSilent = false;
    this.news?.connected();
    this.greets();
  }

  /** The server says who it is: how far the desk's numbers had come when it looked. */
  greets(number = this.desk.number): void {
    this.news?.hello({ number, now: this.clock() });
  }

  /** A call has left something, and every page of its agent is told. */
  saves(outcome: Outcome): void {
    this.tell('desk.outcome_saved', { call_id: this.desk.call?.call_id ?? 0, outcome });
  }

  private clock(): string {
    return new Date(Date.now() + this.clockAhead).toISOString();
  }

  private async ask<T>(what: string, give: () => T): Promise<T> {
    await new Promise((resolve) => setTimeout(resolve, 15));
    if (this.isAway) throw new Unreachable(what);
    if (this.isSessionOver) {
      this.news?.signedOut();
      throw new SignedOut(what);
    }
    this.heard.push(what);
    const given = structuredClone(give());
    if (this.answersTravel) await new Promise((resolve) => setTimeout(resolve, this.answersTravel));
    return given;
  }

  private outcome(kind: Outcome['kind'], body: Record<string, unknown>): { outcome: Outcome } {
    const missing = kind === 'enquiry' ? ['category_code', 'result'] : ['category_code', 'title', 'content', 'county_code'];
    const empty = [...missing.filter((name) => !body[name]), ...this.refuses];
    if (empty.length) {
      const english = document.documentElement.lang === 'en';
      const said = english ? 'Please fill this in' : '请填写此项';
      throw new Refused(422, { code: 'invalid', message: said, fields: Object.fromEntries(empty.map((name) => [name, [said]])) });
    }
    const asked = String(body['reserved_number'] ?? '');
    const number = kind === 'ticket' ? (asked && !this.takenNumbers.includes(asked) ? asked : 'HY20261123000419-4') : null;
    const outcome: Outcome = { kind, id: 1, number };
    if (kind === 'ticket') this.opened.push(body);
    this.reserved = this.reserved.filter((one) => one !== number);
    this.saves(outcome);
    return { outcome };
  }

  wire(): DeskWire {
    return {
      snapshot: () => this.ask('snapshot', () => ({ ...this.desk, now: this.clock() })),
      factsAfter: (number) => this.ask(`facts after ${number}`, () => ({ facts: this.facts.filter((one) => one.number > number) })),
      pulse: () => this.ask('pulse', () => undefined),
      phone: () => this.ask('phone', () => ({
        mode: this.desk.phone_mode, phone: '1006', secret: 'x', domain: 'bed.invalid', display_name: '1006',
        lines: [{ exchange_id: 'hy1', socket: 'ws://127.0.0.1:9/ws' }],
      })),
      setPresence: (state, reason) => this.ask('presence', () => this.presence({ state: state as 'ready', reason })),
      setNextState: (state, reason) => this.ask('next', () => this.presence({ ...this.desk.presence, next_state: state, reason })),
      answer: () => this.ask('answer', () => this.answered()),
      hangUp: () => this.ask('hang-up', () => this.ends('agent')),
      wish: (_id, what, body) => this.ask(`${what} ${JSON.stringify(body ?? {})}`, () => this.wished(what)),
      callOut: (whom, shown) => this.ask(`call-out ${JSON.stringify(whom)} ${shown}`, () => undefined),
      directory: () => this.ask('directory', () => directory),
      callBacks: () => this.ask('call-backs', () => ({ calls: missedCallers })),
      callBack: (id, act, body) => this.ask(`${act} ${id} ${JSON.stringify(body ?? {})}`, () => undefined),
      sendMessage: (to, text) => this.ask(`message ${to} ${text}`, () => {
        this.tell('desk.message_told', { message: {
          message_id: 90 + this.desk.messages.length, is_mine: true, is_help: to === '', from_name: this.desk.agent.name, from_number: '1006', to_name: to,
          call_id: null, text, sent_at: ago(0), answer: null, answered_by: null, answered_at: null,
        } });
      }),
      answerMessage: (id, text) => this.ask(`answer ${id} ${text}`, () => undefined),
      seeNotice: (notice_id) => this.ask(`see ${notice_id}`, () => {
        this.desk = { ...this.desk, notices: this.desk.notices.filter((one) => one.notice_id !== notice_id) };
        this.tell('desk.notice_seen', { notice_id });
      }),
      saveSettings: (settings) => this.ask('settings', () => {
        this.desk = { ...this.desk, settings };
        this.tell('desk.settings_changed', { settings });
      }),
      takeDesk: (machine) => this.ask('machine', () => this.takenBy(machine)),
      ownDay: () => this.ask('own-day', () => ownDay),
      whyNoCall: () => this.ask('why', () => ({ code: 'nobody_waits', parameters: { ahead: this.aheadOfMe } })),
      phoneLost: () => this.ask('phone-lost', () => undefined),
      saveDraft: (id, version, body) => this.ask('draft', () => {
        this.drafts.push(body);
        const draft = { version: version + 1, body: { ...structuredClone(body) }, saved_at: ago(0) };
        const { call } = this.desk;
        if (call?.call_id === id) this.desk = { ...this.desk, call: { ...call, draft } };
        return { version: draft.version, saved_at: draft.saved_at };
      }),
      saveRecord: (_id, body) => this.ask('record', () => this.outcome('enquiry', body as Record<string, unknown>)),
      openTicket: (_id, body) => this.ask('ticket', () => {
        const { outcome } = this.outcome('ticket', body as Record<string, unknown>);
        return { outcome, outcomes: [outcome], was_there: false };
      }),
      sameMatter: (_id, body) => this.ask('same matter', () => {
        const about = this.alike.find((one) => one.ticket_id === (body as { ticket_id: number }).ticket_id);
        const outcome: Outcome = { kind: 'same_matter', id: about?.ticket_id ?? 0, number: about?.number ?? null };
        this.saves(outcome);
        return { outcome };
      }),
      reserveNumbers: (machine) => this.ask(`numbers of ${machine}`, () => ({ numbers: this.reserved })),
      alikeTickets: () => this.ask('alike', () => ({ tickets: this.alike })),
      traces: (texts) => this.ask('traces', () => ({ traces: this.traces.filter((one) => (texts[one.field] ?? '').includes(one.text)) })),
      knownPlaces: (text) => this.ask(`places ${text}`, () => ({ places: this.known })),
      finishWrapUp: (call_id, code, next) => this.ask(`finish ${code} ${next}`, () => {
        this.desk = { ...this.desk, call: null };
        this.tell('desk.call_closed', { call_id });
        this.presence({ state: next as 'ready' });
        this.tell('desk.recording_linked', { call_id, recording: { recording_id: 3, segment: 3, state: 'ok', seconds: 134, url: '/recordings/3' } });
      }),
      chooseCaller: (call_id, caller_id) => this.ask(`caller ${caller_id}`, () => this.tell('desk.caller_chosen', { call_id, caller_id })),
      lookAgain: (call_id) => this.ask('look again', () => {
        const { line, caller, suggestions: entries, arrived_at } = makeOffer();
        this.tell('desk.pop_renewed', { pop: { call_id, line, caller, suggestions: entries, arrived_at, missing: [] } });
      }),
      extendWrapUp: () => this.ask('extend', () => this.presence({ ...this.desk.presence, until: ahead(75) })),
      suggestions: (text) => this.ask(`suggest ${text}`, () => ({ suggestions: [...suggestions].reverse() })),
      places: () => this.ask('places', () => ({ towns: [{ code: '441602001', name: '上城街道' }, { code: '441602100', name: '埔前镇' }] })),
      changeLanguage: () => this.ask('language', () => undefined),
      listen: (news) => {
        this.news = news;
        setTimeout(() => this.linksUp(), 5);
        const reconnect = () => {
          this.reconnected += 1;
          setTimeout(() => this.isAway || this.linksUp(), 5);
        };
        return { reconnect, close: () => (this.news = null) };
      },
    };
  }
}
