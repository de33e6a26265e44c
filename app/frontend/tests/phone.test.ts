import type { IncomingRTCSessionEvent } from 'jssip/lib/UA';
import { beforeEach, describe, expect, test } from 'vitest';

import type { PhoneCredentials } from '../src/shared/phone/credentials';
import { createPhone, phoneOff, type Phone, type PhonePicture } from '../src/shared/phone/phone';
import type { LineNews } from '../src/shared/phone/phoneLine';

/** A conversation that keeps what was done with it, and can tell what an exchange tells. */
class Conversation {
  done: string[] = [];
  connection = null;
  private readonly ears = new Map<string, ((news: object) => void)[]>();

  on(what: string, hear: (news: object) => void) {
    this.ears.set(what, [...(this.ears.get(what) ?? []), hear]);
  }
  tell(what: string, news: object = {}) {
    for (const hear of this.ears.get(what) ?? []) hear(news);
  }
  answer() {
    this.done.push('answer');
  }
  terminate(why: { status_code?: number } = {}) {
    this.done.push(`terminate ${why.status_code ?? ''}`.trim());
  }
}

interface Opened { id: string; secret: string; news: LineNews; done: string[] }

let opened: Opened[];
let picture: PhonePicture;
let phone: Phone;

const credentials = (secret = 's', ...ids: string[]): PhoneCredentials => ({
  mode: 'browser', phone: '1006', secret, domain: 'd', display_name: '1006',
  lines: (ids.length ? ids : ['hy1', 'hy2']).map((id) => ({ exchange_id: id, socket: `ws://${id}/ws` })),
});
const line = (id: string) => opened.filter((one) => one.id === id).at(-1)!;

function rings(id: string, { resumes = false } = {}): Conversation {
  const session = new Conversation();
  const headers: Record<string, string> = { 'X-Hotline-Resume': resumes ? 'yes' : '' };
  const request = { getHeader: (name: string) => headers[name], from: { uri: { user: '138' }, display_name: '12315' } };
  line(id).news.rings({ session, request } as unknown as IncomingRTCSessionEvent);
  return session;
}

beforeEach(() => {
  opened = [];
  picture = phoneOff;
  phone = createPhone((next) => (picture = next), (wanted, at, news) => {
    const one: Opened = { id: at.exchange_id, secret: wanted.secret, news, done: [] };
    opened.push(one);
    news.moved('connecting');
    return { silence: () => one.done.push('silence'), close: () => one.done.push('close') };
  });
  phone.start(credentials());
  for (const one of [...opened]) one.news.moved('registered');
});

describe('a phone at two exchanges', () => {
  test('registers at both, and rings for either', () => {
    expect(opened.map((one) => one.id)).toEqual(['hy1', 'hy2']);
    for (const id of ['hy2', 'hy1']) {
      const session = rings(id);
      expect(picture).toMatchObject({ session: 'ringing', at: id });
      session.tell('failed', { originator: 'remote' });
      expect(picture).toMatchObject({ session: 'none', at: null });
    }
  });

  test('talks with one at a time and tells the other that it is busy', () => {
    const talk = rings('hy2');
    phone.answer();
    talk.tell('confirmed');

    const other = rings('hy1');

    expect(other.done).toEqual(['terminate 486']);
    expect(picture).toMatchObject({ session: 'talking', at: 'hy2' });
  });

  test('goes on with the same call on a new leg of its own exchange, without a click', () => {
    const talk = rings('hy2');
    phone.answer();
    talk.tell('confirmed');

    const again = rings('hy2', { resumes: true });

    expect(talk.done).toEqual(['answer', 'terminate']);
    expect(again.done).toEqual(['answer']);
    expect(picture).toMatchObject({ session: 'answering', at: 'hy2', resumes: true });
  });

  test('loses one line and is still registered at the other', () => {
    line('hy1').news.moved('lost');
    expect(picture.line).toBe('registered');
    const talk = rings('hy2');
    phone.answer();
    talk.tell('confirmed');
    line('hy2').news.moved('lost');
    expect(picture).toMatchObject({ line: 'lost', session: 'talking' });
  });

  test('is mended where it does not work and left alone where it does', () => {
    line('hy2').news.moved('refused');
    phone.mend(credentials('new'));

    expect(opened.map((one) => `${one.id} ${one.secret}`)).toEqual(['hy1 s', 'hy2 s', 'hy2 new']);
    expect(opened[1]!.done).toEqual(['silence', 'close']);
    expect(opened[0]!.done).toEqual([]);
  });

  test('leaves an exchange that is no longer named', () => {
    phone.mend(credentials('s', 'hy1'));
    expect(line('hy2').done).toEqual(['silence', 'close']);
    expect(picture.lines.map((one) => one.exchange_id)).toEqual(['hy1']);
  });

  test('is dropped everywhere at once, and without a word', () => {
    const talk = rings('hy1');
    phone.drop();
    expect(opened.map((one) => one.done)).toEqual([['silence', 'close'], ['silence', 'close']]);
    expect(talk.done).toEqual(['terminate']);
    expect(picture).toMatchObject({ line: 'off', lines: [], session: 'none', ended: 'dropped' });
  });
});
