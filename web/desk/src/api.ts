/** The desk API: its shapes and one typed call for each route. */

export type Mode = "bot" | "queued" | "human" | "closed";
export type ListName = "queued" | "mine" | "bot" | "closed";
export type Origin = "customer" | "bot" | "specialist" | "system";
export type Delivery = "sent" | "pending" | "uncertain" | "failed";

export interface Staff {
  login: string;
  name: string;
  number: string;
  role: string;
  skills: string[];
}

export interface Person {
  login: string;
  name: string;
}

export interface Colleague extends Person {
  skills: string[];
}

/** What a channel with limits, such as WeChat, still lets us send, and until when. */
export interface Reach {
  left: number;
  until: string | null;
  blocked: string | null;
}

export interface Summary {
  id: string;
  mode: Mode;
  epoch: number;
  channel: string;
  customer: { name: string | null; level: number };
  preview: string;
  reason: string | null;
  reason_text: string | null;
  skill: string | null;
  priority: number;
  queued_at: string | null;
  waiting_seconds: number | null;
  assignee: Person | null;
  last_at: string;
  last_seq: number;
  reach: Reach | null;
}

export interface Citation {
  title: string;
  clause: string;
  version: string;
}

/** A version of a text that came into force, held against the one before. */
export interface NewVersion {
  key: string;
  kind: string;
  title: string;
  version: string;
  effective_from: string;
  approver: string;
  earlier: string | null;
  changes: { kind: "added" | "removed" | "changed"; clause: string; title: string; before: string; since: string }[];
  read_by: string[];
  read: boolean;
}

export interface Understood {
  intent: string;
  intent_text: string;
  confidence: number;
}

/** `size` is in bytes. */
export interface Attachment {
  file: string;
  name: string;
  type: string;
  size: number;
}

export interface ConversationEvent {
  id: number;
  seq: number | null;
  kind: "message" | "mode" | "queue" | "closed" | "rating_request";
  origin: Origin;
  visibility: "public" | "note" | "suggestion";
  text: string;
  /** The mode begun, for `kind` mode and closed. */
  mode: Mode | null;
  buttons: string[];
  citations: Citation[];
  files: Attachment[];
  at: string;
  staff: Person | null;
  understood: Understood | null;
  delivery: Delivery;
}

export interface Draft {
  kind: string;
  title: string;
  filled: Record<string, string>;
}

export interface Packet {
  reason: string | null;
  summary: string;
  identity_level: number;
  understood: { text: string; intent: string; confidence: number }[];
  cited: Citation[];
  drafts: Draft[];
  tickets: { number: string; title: string; state: string }[];
}

export interface Customer {
  name: string | null;
  phone: string | null;
  id_number: string | null;
  city: string | null;
}

export interface Policy {
  number: string;
  product: string;
  state: string;
  state_text: string;
  next_due: string | null;
}

export interface Detail {
  conversation: Summary;
  events: ConversationEvent[];
  packet: Packet | null;
  customer: Customer | null;
  policies: Policy[];
}

export interface Complaint {
  number: string;
  category: string;
  category_text: string;
  state: string;
  state_text: string;
  open: boolean;
  summary: string;
  facts: string;
  wish: string;
  contact: string | null;
  received_at: string;
  due_on: string;
  days_left: number;
  customer: string | null;
  conversation_id: string | null;
}

export interface ServiceRequest {
  number: string;
  kind: string;
  title: string;
  state: string;
  state_text: string;
  open: boolean;
  policy: string | null;
  customer: string | null;
  submitted_at: string;
  due_on: string | null;
  missing: string[];
  fields: { label: string; value: string }[];
  conversation_id: string | null;
}

export interface TransferTarget {
  to: string | null;
  skill?: string;
  note: string;
}

/** An answer of the desk that is not 2xx; `message` is the sentence to show. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The request got no answer: whether it was carried out is unknown. */
export class Unreachable extends Error {}

const BASE = "/desk/api";
let csrf = "";
let onUnauthorized: () => void = () => undefined;

export function whenUnauthorized(handler: () => void): void {
  onUnauthorized = handler;
}

interface ErrorBody {
  error?: { code?: string; message?: string };
}

async function call<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method === "POST") {
    headers["Content-Type"] = "application/json";
    if (csrf) headers["X-CSRF"] = csrf;
  }
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(20_000),
      ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
    });
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
  if (response.ok) {
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  }
  const { error } = (await response.json().catch(() => ({}))) as ErrorBody;
  if (response.status === 401 && path !== "/login") onUnauthorized();
  throw new ApiError(response.status, error?.code ?? `http_${response.status}`, error?.message ?? "");
}

const conversation = (id: string) => `/conversations/${encodeURIComponent(id)}`;

async function session(answer: Promise<{ staff: Staff; csrf: string }>): Promise<Staff> {
  const { staff, csrf: token } = await answer;
  csrf = token;
  return staff;
}

type Changed = { conversation: Summary };

export const api = {
  login: (login: string, password: string) => session(call("POST", "/login", { login, password })),
  me: () => session(call("GET", "/me")),
  async logout(): Promise<void> {
    await call("POST", "/logout");
    csrf = "";
  },
  staff: () => call<{ items: Colleague[] }>("GET", "/staff"),
  conversations: (state: ListName) => call<{ items: Summary[] }>("GET", `/conversations?state=${state}`),
  conversation: (id: string) => call<Detail>("GET", conversation(id)),
  claim: (id: string) => call<Changed>("POST", `${conversation(id)}/claim`),
  takeOver: (id: string) => call<Changed>("POST", `${conversation(id)}/take_over`),
  reply: (id: string, message: { client_msg_id: string; text: string }) =>
    call<Changed>("POST", `${conversation(id)}/reply`, message),
  note: (id: string, text: string) => call<Changed>("POST", `${conversation(id)}/note`, { text }),
  transfer: (id: string, target: TransferTarget) => call<Changed>("POST", `${conversation(id)}/transfer`, target),
  handBack: (id: string, note: string) =>
    call<Changed>("POST", `${conversation(id)}/hand_back`, note ? { note } : {}),
  close: (id: string, reason: string, summary: string) =>
    call<Changed>("POST", `${conversation(id)}/close`, summary ? { reason, summary } : { reason }),
  complaints: () => call<{ items: Complaint[] }>("GET", "/complaints"),
  requests: () => call<{ items: ServiceRequest[] }>("GET", "/requests"),
  knowledgeChanges: (since: string) =>
    call<{ since: string; items: NewVersion[] }>("GET", `/knowledge/changes${since ? `?since=${since}` : ""}`),
  acknowledgeVersion: (key: string, version: string) => call("POST", "/knowledge/acknowledge", { key, version }),
  fileUrl: (id: string, file: string) => `${BASE}${conversation(id)}/files/${encodeURIComponent(file)}`,
  eventsUrl: `${BASE}/events`,
};
