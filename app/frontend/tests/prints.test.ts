import { afterEach, expect, test, vi } from 'vitest';

import { tellPrints } from '../src/shared/prints';

afterEach(() => {
  vi.restoreAllMocks();
  document.body.removeAttribute('data-subject-kind');
});

function page(kind?: string): ReturnType<typeof vi.fn> {
  document.head.innerHTML = '<meta name="csrf-token" content="t0ken">';
  document.body.dataset['subjectId'] = '12';
  document.body.dataset['printsTo'] = '/sub/privacy/prints';
  if (kind) document.body.dataset['subjectKind'] = kind;
  const sent = vi.fn(() => Promise.resolve(new Response(null, { status: 204 })));
  vi.stubGlobal('fetch', sent);
  return sent;
}

test('any other page says nothing', () => {
  const sent = page();
  tellPrints();
  window.dispatchEvent(new Event('beforeprint'));

  expect(sent).not.toHaveBeenCalled();
});

test('a page that names whose data it shows tells the server that it is printed', () => {
  const sent = page('ticket');
  tellPrints();
  window.dispatchEvent(new Event('beforeprint'));

  expect(sent).toHaveBeenCalledTimes(1);
  const [address, asked] = sent.mock.calls[0] as unknown as [string, RequestInit];
  expect(address).toBe('/sub/privacy/prints');
  expect(asked.keepalive).toBe(true);
  expect(JSON.parse(String(asked.body))).toEqual({ kind: 'ticket', id: 12 });
  expect(new Headers(asked.headers).get('X-CSRFToken')).toBe('t0ken');
});
