// What this visitor may do. The key stays in this tab, and goes only where a credential is asked for:
// a wrong one would be refused everywhere.

const KEY = "millrace-key";

let readsAreClosed = false;

export const key = () => sessionStorage.getItem(KEY) ?? "";

export function setKey(value) {
  if (value) {
    sessionStorage.setItem(KEY, value);
  } else {
    sessionStorage.removeItem(KEY);
  }
}

/** A request that was refused, with the service's own words. */
export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * A request to the service.
 *
 * @param secured whether it needs a credential even where reads need none
 * @throws Refusal for any status but 2xx
 */
export async function ask(path, options = {}, secured = false) {
  const withKey = (secured || readsAreClosed) && key() !== "";
  const headers = { ...options.headers, ...(withKey ? { Authorization: `Bearer ${key()}` } : {}) };
  const response = await fetch(path, { ...options, headers });
  if (response.ok) {
    return response;
  }
  if (response.status === 401 && !secured && !readsAreClosed) {
    readsAreClosed = true;
    if (key()) {
      return ask(path, options);
    }
  }
  const problem = await response.json().catch(() => null);
  throw new Refusal(problem?.detail ?? `${path} answered ${response.status}`, response.status);
}

export const json = async (path, options, secured) => (await ask(path, options, secured)).json();

export const post = (path, body, headers = {}, secured = false) =>
  json(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  }, secured);

/** What the service lets this visitor do; never fails: who cannot ask can do nothing. */
export async function access() {
  try {
    return await json("api/v1/access", {}, true);
  } catch (error) {
    const why = error.status === 401 && key() ? "This key is not known here" : error.message;
    return { control: false, download: false, known: false, controlProblem: why };
  }
}
