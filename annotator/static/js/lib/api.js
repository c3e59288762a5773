// Requests to our own server. A problem has a status and, where the server told, its content.

export class Problem extends Error {
  constructor(status, content) {
    super(content?.detail ?? content?.title ?? String(status));
    this.status = status;
    this.content = content ?? {};
  }
}

const PATIENCE_MS = 20_000; // a network that went silent never says so: what is asked for is asked again

/** JSON in, JSON out. Raises Problem for an answer that is none of success, another error without a network or an answer. */
export async function ask(method, path, body = undefined, headers = {}) {
  const token = document.querySelector('meta[name=csrf-token]')?.content;
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token && method !== 'GET' ? { 'X-CSRF-Token': token } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const content = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, content);
  if (content === null) throw new TypeError('no JSON'); // a proxy's page, not our server
  return content;
}

/** The whole of a list that the server gives in pages: the first answer, with `name` holding every row. */
export async function askAll(path, name) {
  const whole = await ask('GET', `${path}?limit=5000`);
  for (let { next } = whole; next;) {
    const page = await ask('GET', `${path}?limit=5000&cursor=${encodeURIComponent(next)}`);
    whole[name].push(...page[name]);
    next = page.next;
  }
  return whole;
}

/** Fetch the token for writes anew, after a sign-in elsewhere. False when it is another person's, or nobody's. */
export async function renewToken(person) {
  const response = await fetch('/session', { credentials: 'same-origin' });
  if (response.redirected || response.status === 401) throw new Problem(401); // nobody is signed in
  const { person: now, csrf_token: token } = await response.json();
  if (String(now.id) !== String(person)) return false;
  document.querySelector('meta[name=csrf-token]').content = token;
  return true;
}

/** Sign in from within the page: 'in', 'refused', or 'other' when the account is not the page's person's. */
export async function signIn(email, password, person) {
  const shell = await fetch('/sign-in', { credentials: 'same-origin' });
  const token = new DOMParser().parseFromString(await shell.text(), 'text/html').querySelector('meta[name=csrf-token]')?.content;
  const body = new URLSearchParams({ email, password, csrf_token: token ?? '' });
  await fetch('/sign-in', { method: 'POST', credentials: 'same-origin', body });
  try {
    return (await renewToken(person)) ? 'in' : 'other';
  } catch (problem) {
    if (problem.status === 401) return 'refused';
    throw problem;
  }
}
