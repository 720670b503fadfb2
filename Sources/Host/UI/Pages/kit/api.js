// The REST API as the pages use it: one function that sends, one error that says what was refused
// and at which field, and an order submission that is safe to repeat.

const TIMEOUT_MILLIS = 10_000;

/** The server's answer {code, reason, message, field, …}; `status` is 0 where none arrived. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body.message || body.detail || body.reason || `The server answered ${status}.`);
    this.status = status;
    this.code = body.code ?? "";
    this.reason = body.reason ?? "";
    this.field = body.field ?? null;
    this.requestId = body.request_id ?? null;
  }

  /** Is it unknown whether the request took effect? */
  get isUnknown() {
    return this.status === 0 || this.status >= 500;
  }
}

/** Decimals keep the digits that were sent: JSON numbers that aren't whole become text. */
function exact(key, value, context) {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return context?.source ?? String(value);
}

export function decode(text) {
  return JSON.parse(text, exact);
}

export async function request(method, path, body) {
  let response, text;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      cache: "no-store",
    });
    text = await response.text();
  } catch {
    throw new ApiError(0, { message: "The server can't be reached.", code: "unreachable" });
  }
  let answer = null;
  try {
    answer = text ? decode(text) : null;
  } catch {
    throw new ApiError(response.status, { message: `Not a JSON answer (${response.status}).` });
  }
  if (response.status === 401 && location.pathname !== "/sign-in") toSignIn();
  if (!response.ok) throw new ApiError(response.status, answer ?? {});
  return answer;
}

let isLeaving = false;

/** Somebody signs out: whatever ends with the session leads nowhere else any more. */
export const leave = () => { isLeaving = true; };
/** The signing out didn't work. */
export const stay = () => { isLeaving = false; };

/** Without a session, or after its end: to where one signs in, and from there back to here. */
export function toSignIn() {
  if (isLeaving) return;
  const here = location.pathname + location.search + location.hash;
  location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}

export const get = (path) => request("GET", path);
export const post = (path, body) => request("POST", path, body ?? {});

const segment = encodeURIComponent;
const items = (answer) => (Array.isArray(answer) ? answer : (answer?.items ?? []));

export const instruments = async () => items(await get("/api/v1/instruments"));
export const ticker = (symbol) => get(`/api/v1/market/${segment(symbol)}/ticker`);
export const plugins = () => get("/api/v1/plugins");
export const accounts = async () => items(await get("/api/accounts/"));
export const createAccount = (body) => post("/api/accounts/", body);
export const positions = async (id) => items(await get(`/api/accounts/${segment(id)}/positions`));
export const ledger = async (id) => items(await get(`/api/accounts/${segment(id)}/transactions`));
export const transact = (id, body) => post(`/api/accounts/${segment(id)}/transactions`, body);
export const orders = async (id) => items(await get(`/api/accounts/${segment(id)}/orders`));
export const allOrders = async () => items(await get("/api/accounts/orders/all"));
export const editOrder = (id, body) => post(`/api/orders/${segment(id)}/edit`, body);
export const cancelOrder = (id) => post(`/api/orders/${segment(id)}/cancel`);
export const alerts = async () => items(await get("/api/risk/alerts"));

/** A client order id: at most 36 characters, unique without a secure context. */
export function clientOrderId() {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return "web" + Date.now().toString(36) + Array.from(random, (n) => n.toString(36)).join("");
}

/**
 * Places an order and, where no answer came, once more with the same client order id: the server
 * answers a repeat with the original order, so it can't be placed twice. `onRetry` hears of it.
 */
export async function placeOrder(accountId, body, onRetry) {
  const path = `/api/accounts/${segment(accountId)}/orders`;
  const order = { ...body, client_order_id: body.client_order_id ?? clientOrderId() };
  try {
    return await post(path, order);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.isUnknown) throw error;
    onRetry(error);
    await new Promise((resume) => setTimeout(resume, 700));
    return post(path, order);
  }
}
