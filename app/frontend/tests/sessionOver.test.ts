// The end of a session at the desk: said as what it is, whatever it was that was asked.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';

import type { FakeServer } from '../src/dev/fakeServer';
import { openDeskWire, type News } from '../src/islands/agent_desk/deskWire';
import { eachTestHasADesk, found, open, page, pass, server as deskServer } from './deskPage';

// Half a minute at the desk is a hundred ticks of its clock: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 20_000 });

describe('at the desk', () => {
  eachTestHasADesk();

  async function openAtTheEndOfASession(): Promise<FakeServer> {
    await open();
    deskServer.isSessionOver = true;
    return deskServer;
  }

  test('the end of a session is said with a way to sign in, not as a network failure', async () => {
    await openAtTheEndOfASession();

    await pass(20_000);

    expect(found('link-down').exists()).toBe(false);
    expect(found('signed-out').text()).toContain('登录已失效');
    expect(found('signed-out').find('a').attributes('href')).toBe('/sign-in?next=/desk');
  });

  test('who signs in again in another tab finds the desk going on when he looks at it', async () => {
    const server = await openAtTheEndOfASession();
    await pass(20_000);
    expect(found('signed-out').text()).toContain('自动恢复');
    server.isSessionOver = false;
    server.presence({ state: 'not_ready', reason: 'meal' });

    window.dispatchEvent(new Event('focus'));
    await pass(100);

    expect(found('signed-out').exists()).toBe(false);
    expect(found('bar-state').attributes('data-state')).toBe('not_ready');
    await found('go-ready').trigger('click');
    await pass(100);
    expect(server.heard).toContain('presence');
  });

  test('nobody has to look: a desk in the background comes back within a quarter of a minute', async () => {
    const server = await openAtTheEndOfASession();
    await pass(20_000);
    server.isSessionOver = false;

    await pass(15_000);

    expect(found('signed-out').exists()).toBe(false);
  });

  test('another person who signs in in this browser is not shown at the desk that was open', async () => {
    const server = await openAtTheEndOfASession();
    await pass(20_000);
    server.isSessionOver = false;
    server.desk = { ...server.desk, agent: { ...server.desk.agent, id: 9, name: '李四' } };

    window.dispatchEvent(new Event('focus'));
    await pass(100);

    expect(found('anothers').text()).toContain('另一人登录');
    expect(page.text()).not.toContain('李四');
  });

  test('an act that the end of the session refuses says so, and the banner with the way to sign in takes its place', async () => {
    await openAtTheEndOfASession();

    await found('not-ready').setValue('break');
    await pass(100);

    expect(found('message').text()).toContain('登录已失效');
    await pass(20_000);
    await found('not-ready').setValue('meal');
    await pass(100);
    expect(found('signed-out').text()).toContain('登录已失效');
    expect(found('message').exists()).toBe(false);
  });
});

describe('at the real door', () => {
  let server: Server;
  let lines: Duplex[] = [];

  function frame(text: string): Buffer {
    return Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]);
  }

  /** A server that speaks the socket's language, and answers each knock with the next of `answers`. */
  async function doorThatSays(answers: string[]): Promise<void> {
    lines = [];
    server = createServer((_request, response) => response.writeHead(401).end());
    server.on('upgrade', (request, line) => {
      lines.push(line);
      const accept = createHash('sha1').update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      line.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      line.write(frame('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}'));
      line.once('data', () => line.write(frame(answers.shift() ?? '40{"sid":"s"}')));
      line.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubGlobal('location', new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/desk`));
  }

  function news(): { told: string[]; all: News } {
    const told: string[] = [];
    const hear = (what: string) => () => void told.push(what);
    return {
      told,
      all: {
        hello: hear('hello'), facts: hear('facts'), newest: hear('newest'), board: hear('board'), link: hear('link'), goodbye: hear('goodbye'),
        connected: hear('connected'), disconnected: hear('disconnected'), refused: hear('refused'), signedOut: hear('signed out'),
      },
    };
  }

  afterEach(() => {
    vi.unstubAllGlobals();
    for (const line of lines) line.destroy();
    server.close();
  });

  test('a line that is refused at the door is told, for it never knocks again by itself', async () => {
    await doorThatSays(['44{"message":"not signed in"}']);
    const { told, all } = news();
    const line = openDeskWire('').listen(all);

    await vi.waitFor(() => expect(told).toContain('refused'), 5000);
    line.close();
  });

  test('a line that the server closed on purpose is opened again', async () => {
    await doorThatSays([]);
    const { told, all } = news();
    const line = openDeskWire('').listen(all);
    await vi.waitFor(() => expect(told).toContain('connected'), 5000);

    lines[0]?.write(frame('41'));

    await vi.waitFor(() => expect(told.filter((one) => one === 'connected')).toHaveLength(2), 5000);
    expect(told).toContain('disconnected');
    line.close();
  });

  test('a question of a page that is older than its session is asked once more with the token of now', async () => {
    await doorThatSays([]);
    document.head.innerHTML = '<meta name="csrf-token" content="old">';
    const asked: string[] = [];
    const stale = JSON.stringify({ refusal: { code: 'csrf', message: 'stale' } });
    const json = { 'Content-Type': 'application/json' };
    vi.stubGlobal('fetch', (address: string, { headers }: { headers: Record<string, string> }) => {
      asked.push(`${address} ${headers['X-CSRFToken'] ?? ''}`);
      if (address === '/desk/snapshot') return Promise.resolve(new Response('{}', { headers: { ...json, 'X-CSRFToken': 'new' } }));
      const isGood = headers['X-CSRFToken'] === 'new';
      return Promise.resolve(new Response(isGood ? '{}' : stale, { status: isGood ? 200 : 400, headers: json }));
    });

    await openDeskWire('').setPresence('ready', null);

    expect(asked).toEqual(['/desk/presence old', '/desk/snapshot ', '/desk/presence new']);
  });

  test('whatever is asked, the answer that nobody is signed in is told to the desk', async () => {
    await doorThatSays([]);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 401 })));
    const { told, all } = news();
    const wire = openDeskWire('');
    const line = wire.listen(all);

    await expect(wire.whyNoCall()).rejects.toThrow();
    await expect(wire.callBack(1, 'take')).rejects.toThrow();

    expect(told.filter((one) => one === 'signed out')).toHaveLength(2);
    line.close();
  });
});
