import { afterEach, expect, test, vi } from 'vitest';

import { refresh } from '../src/shared/liveParts';

function aPart(): HTMLElement {
  document.body.innerHTML = '<div data-live="3" data-live-from="/part"><button>old</button></div><input>';
  return document.querySelector<HTMLElement>('[data-live]')!;
}

function answerWith(answer: Response | Error): ReturnType<typeof vi.fn> {
  const fetching = vi.fn(() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  vi.stubGlobal('fetch', fetching);
  return fetching;
}

afterEach(() => vi.unstubAllGlobals());

test('a part shows what its address answers', async () => {
  const part = aPart();
  const fetching = answerWith(new Response('<p>new</p>'));
  await refresh(part);
  expect(part.innerHTML).toBe('<p>new</p>');
  expect(fetching.mock.calls[0]?.[0]).toBe('/part');
});

test('a part in which somebody stands is left alone', async () => {
  const part = aPart();
  const fetching = answerWith(new Response('<p>new</p>'));
  part.querySelector('button')!.focus();
  await refresh(part);
  expect(part.textContent).toBe('old');
  expect(fetching).not.toHaveBeenCalled();
});

test.each([['a refusal', new Response('', { status: 403 })], ['a lost network', new Error('away')]])(
  '%s leaves the part as it was',
  async (_name, answer) => {
    const part = aPart();
    answerWith(answer);
    await refresh(part);
    expect(part.textContent).toBe('old');
  },
);

test('a part that says that nothing more comes is asked no longer', async () => {
  const part = aPart();
  part.innerHTML = '<p data-live-ends>done</p>';
  const fetching = answerWith(new Response('<p>new</p>'));
  await refresh(part);
  expect(fetching).not.toHaveBeenCalled();
  expect(part.textContent).toBe('done');
});
