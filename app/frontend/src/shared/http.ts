// Asking the server: JSON both ways, the CSRF token, refusals as errors one can show.

/** What the server says when it refuses: the sentence is already in the person's language. */
export interface RefusalBody {
  code: string;
  message: string;
  field: string | null;
  parameters: Record<string, unknown>;
  fields: Record<string, string[]>;
}

/** The server answered, and said no. */
export class Refused extends Error {
  readonly status: number;
  readonly refusal: RefusalBody;

  constructor(status: number, refusal: Partial<RefusalBody>) {
    super(refusal.message ?? '');
    this.status = status;
    this.refusal = {
      code: refusal.code ?? 'refused',
      message: refusal.message ?? '',
      field: refusal.field ?? null,
      parameters: refusal.parameters ?? {},
      fields: refusal.fields ?? {},
    };
  }
}

/** Nobody answered in time: the network or the server is away. */
export class Unreachable extends Error {}

/** The person is no longer signed in. */
export class SignedOut extends Error {}

export interface AskOptions {
  body?: unknown;
  /** Milliseconds after which waiting makes no sense. */
  patience?: number;
  /** Let the request outlive the page, for the last save while it closes. */
  outlives?: boolean;
}

export type Ask = <T>(method: string, path: string, options?: AskOptions) => Promise<T>;

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** A page may be older than its session: forms and questions go on with the token it is given. */
function takeToken(response: Response): void {
  const fresh = response.headers.get('X-CSRFToken');
  if (!fresh) return;
  document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.setAttribute('content', fresh);
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="csrf_token"]')) field.value = fresh;
}

async function send(method: string, address: string, options: AskOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken();
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(address, {
      method,
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      keepalive: options.outlives ?? false,
      signal: AbortSignal.timeout(options.patience ?? 8000),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (cause) {
    throw new Unreachable(address, { cause });
  }
}

async function readJson(response: Response): Promise<unknown> {
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/** Build the `ask` of one site; `root` is the path the site lives under, mostly empty. */
export function askAt(root: string): Ask {
  return async <T>(method: string, path: string, options: AskOptions = {}): Promise<T> => {
    const response = await send(method, root + path, options);
    if (response.status === 401 || (response.redirected && response.url.includes('/sign-in'))) {
      throw new SignedOut(path);
    }
    takeToken(response);
    const body = await readJson(response);
    if (response.ok) return body as T;
    // A gateway in between answers with its own page: to us the server is away.
    if (response.status >= 502 && body === null) throw new Unreachable(path);
    throw new Refused(response.status, (body as { refusal?: RefusalBody } | null)?.refusal ?? {});
  };
}
