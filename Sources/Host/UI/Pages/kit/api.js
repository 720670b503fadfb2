// The REST API as the pages use it: one function that sends, one error that says what was refused
// and at which field, and an order submission that is safe to repeat.

const TIMEOUT_MILLIS = 10_000;
/** A pause before an order whose answer was lost is sent once more. */
const RETRY_MILLIS = 700;

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

/** All pages of a list, or its first `most` items. */
async function all(path, most = 10_000) {
  const found = [];
  let token = null;
  do {
    const page = await get(withQuery(path, { limit: PAGE_ITEMS, page_token: token }));
    found.push(...items(page));
    token = page.next_page_token ?? null;
  } while (token && found.length < most);
  return found;
}

/** Items of one page: the most that the server gives. */
const PAGE_ITEMS = 1000;
const WORKING = "new,partially_filled,triggered,parked";

/** A path with those parameters that have a value. */
export function withQuery(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  if (!query) return path;
  return path + (path.includes("?") ? "&" : "?") + query;
}

export const instruments = () => all("/api/v1/instruments");
export const ticker = (symbol) => get(`/api/v1/market/${segment(symbol)}/ticker`);
export const trades = (symbol, pageToken) =>
  get(withQuery(`/api/v1/market/${segment(symbol)}/trades`, {
    limit: PAGE_ITEMS, page_token: pageToken,
  }));
export const plugins = () => get("/api/v1/plugins");
export const accounts = () => all("/api/v1/accounts");
export const createAccount = (body) => post("/api/v1/accounts", body);
export const positions = (id) => all(`/api/v1/accounts/${segment(id)}/positions`);
export const exposure = (id) => get(`/api/v1/accounts/${segment(id)}/risk`);
export const limits = (id) => all(`/api/v1/accounts/${segment(id)}/limits`);
export const ledger = async (id) =>
  items(await get(`/api/v1/accounts/${segment(id)}/ledger?limit=${PAGE_ITEMS}`));
export const transact = (id, body) => post(`/api/v1/accounts/${segment(id)}/ledger`, body);
export const setAccountState = (id, state) =>
  request("PUT", `/api/v1/accounts/${segment(id)}/state`, { state });
export const order = (id) => get(`/api/v1/orders/${segment(id)}`);
export const orderPage = (accountId, pageToken) =>
  get(withQuery("/api/v1/orders", {
    account_id: accountId, limit: PAGE_ITEMS, page_token: pageToken,
  }));
export const workingOrders = (accountId) =>
  all(withQuery("/api/v1/orders", { account_id: accountId, status: WORKING }));
export const allOrders = async () => (await orderPage()).items;
export const editOrder = (id, body) => request("PATCH", `/api/v1/orders/${segment(id)}`, body);
export const cancelOrder = (id) => request("DELETE", `/api/v1/orders/${segment(id)}`);
export const cancelAll = (filter) => post("/api/v1/orders/cancel-all", filter);
export const killSwitches = () => all("/api/v1/risk/kill-switch");
export const pressSwitch = (body) => post("/api/v1/risk/kill-switch", body);
export const liftSwitch = (query) =>
  request("DELETE", withQuery("/api/v1/risk/kill-switch", query));
export const acknowledge = (id) => post(`/api/v1/risk/alerts/${segment(id)}/acknowledge`);
export const testOrder = (body) => post("/api/v1/orders/test", body);
export const alerts = async () => items(await get(`/api/v1/risk/alerts?limit=${PAGE_ITEMS}`));

/** A client order id: at most 36 characters, unique without a secure context. */
export function clientOrderId() {
  const random = crypto.getRandomValues(new Uint32Array(3));
  return "web" + Date.now().toString(36) + Array.from(random, (n) => n.toString(36)).join("");
}

/**
 * Places an order and, where no answer came, once more with the same client order id: the server
 * answers a repeat with the original order, so it can't be placed twice. `onRetry` hears of it.
 * Answers an execution report.
 */
export async function placeOrder(body, onRetry = () => {}) {
  const order = { ...body, client_order_id: body.client_order_id ?? clientOrderId() };
  try {
    return await post("/api/v1/orders", order);
  } catch (error) {
    if (!(error instanceof ApiError) || !error.isUnknown) throw error;
    onRetry(error);
    await new Promise((resume) => setTimeout(resume, RETRY_MILLIS));
    return post("/api/v1/orders", order);
  }
}
