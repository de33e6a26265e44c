import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { openLine, type PhoneLine } from '../src/shared/phone/phoneLine';
import type { LineState } from '../src/shared/phone/phoneLines';

type Answer = 'nothing' | 'accepts' | 'forbids';

/** An exchange's door: it opens, and answers a registration as it is told to. */
class Door {
  static answers: Answer = 'nothing';
  static opened: Door[] = [];

  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readyState = 0;
  onopen: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;

  constructor() {
    Door.opened.push(this);
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.({});
    }, 10);
  }

  send(message: string): void {
    if (!message.startsWith('REGISTER') || Door.answers === 'nothing') return;
    const echoed = message.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact):/.test(line));
    const status = Door.answers === 'accepts' ? 'SIP/2.0 200 OK' : 'SIP/2.0 403 Forbidden';
    setTimeout(() => this.onmessage?.({ data: [status, ...echoed, 'Content-Length: 0', '', ''].join('\r\n') }), 10);
  }

  close(): void {
    this.readyState = 3;
  }
}

const credentials = {
  phone: '1006', domain: 'hotline', secret: 'a secret', display_name: '1006', expires_at: '',
  lines: [{ exchange_id: 'hy1', socket: 'ws://198.51.100.10:8088/ws' }],
};

describe('a line to an exchange', () => {
  let told: LineState[] = [];
  let line: PhoneLine | null = null;

  function open(answers: Answer): void {
    Door.answers = answers;
    line = openLine(credentials as never, credentials.lines[0]!, {
      moved: (state) => told.push(state),
      rings: () => undefined,
    });
  }

  beforeEach(() => {
    told = [];
    Door.opened = [];
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', Door);
  });

  afterEach(() => {
    line?.silence();
    line?.close();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test('an exchange that was starting and let the registration fall is asked again by a new connection', async () => {
    open('nothing');
    await vi.advanceTimersByTimeAsync(4000);
    expect(told.at(-1)).toBe('connecting');
    expect(Door.opened).toHaveLength(1);

    Door.answers = 'accepts';
    await vi.advanceTimersByTimeAsync(6000);

    expect(Door.opened).toHaveLength(2);
    expect(told).toContain('lost');
    expect(told.at(-1)).toBe('registered');
    expect(told).not.toContain('refused');
  });

  test('a line that registered in time is left alone', async () => {
    open('accepts');
    await vi.advanceTimersByTimeAsync(20_000);

    expect(Door.opened).toHaveLength(1);
    expect(told.at(-1)).toBe('registered');
  });

  test('a registration that goes unanswered later ends the connection, and the next one registers', async () => {
    open('accepts');
    await vi.advanceTimersByTimeAsync(1000);
    Door.answers = 'nothing';
    await vi.advanceTimersByTimeAsync(55_000 + 33_000);
    expect(told).toContain('lost');

    Door.answers = 'accepts';
    await vi.advanceTimersByTimeAsync(10_000);

    expect(told.at(-1)).toBe('registered');
  });

  test('a refusal is told as one', async () => {
    open('forbids');
    await vi.advanceTimersByTimeAsync(1000);

    expect(told.at(-1)).toBe('refused');
  });
});
