/** Conversations: lists, one in full, and what a specialist does with it. */
import { BASE, call } from "./http";
import type { Colleague, Person } from "./people";

export type Mode = "bot" | "queued" | "human" | "closed";
export type ListName = "queued" | "mine" | "bot" | "closed";
export type Origin = "customer" | "bot" | "specialist" | "system";
export type Delivery = "sent" | "pending" | "uncertain" | "failed";

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

export interface Understood {
  intent: string;
  intent_text: string;
  confidence: number;
}

export type MarkKind = "wrong_intent" | "missing_answer";

/** What every desk shows alike; the stream of events changes it. */
export interface DeskState {
  conversations: Summary[];
  staff: Colleague[];
}

export interface Canned {
  id: string;
  group: string;
  title: string;
  text: string;
  pinyin: string;
  initials: string;
}

export interface Passage {
  id: string;
  title: string;
  source: string;
  short: string;
  body: string;
  citations: Citation[];
}

/** A reply as it is sent: the words, the clauses they rest on, the files that go along. */
export interface ReplyContent {
  text: string;
  citations: Citation[];
  files: Attachment[];
}

export interface CustomerPanel {
  premiums: {
    policy: string;
    product: string;
    kind: string;
    due_on: string;
    overdue: boolean;
    amount: string | null;
    grace_ends_on: string | null;
    unpaid_reason: string | null;
  }[];
  payments: { kind_text: string; amount: string; on: string; reason: string | null }[];
  claims: {
    number: string;
    kind: string;
    state_text: string;
    reported_on: string;
    missing: string[];
    amount: string | null;
    reason: string;
  }[];
  requests: { number: string; title: string; state_text: string; open: boolean; missing: string[] }[];
  complaints: { number: string; title: string; state_text: string; open: boolean; due_on: string }[];
  documents: { name: string; kind: string | null; size: number; received_at: string }[];
  contacts: {
    id: string;
    channel: string;
    mode: Mode;
    last_at: string;
    summary: string;
    specialist: string | null;
    close_reason: string | null;
  }[];
}

export type Secret = "name" | "phone" | "id_number" | "policy";

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
  marks: MarkKind[];
  /** A supervisor's note to the specialist who serves. */
  whisper: boolean;
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

export interface TransferTarget {
  to: string | null;
  skill?: string;
  note: string;
}

const path = (id: string) => `/conversations/${encodeURIComponent(id)}`;

type Changed = { conversation: Summary };

export const conversations = {
  conversations: (state: ListName) => call<{ items: Summary[] }>("GET", `/conversations?state=${state}`),
  conversation: (id: string) => call<Detail>("GET", path(id)),
  claim: (id: string) => call<Changed>("POST", `${path(id)}/claim`),
  takeOver: (id: string) => call<Changed>("POST", `${path(id)}/take_over`),
  next: () => call<Changed>("POST", "/conversations/next"),
  reply: (id: string, client_msg_id: string, { text, citations, files }: ReplyContent) =>
    call<Changed>("POST", `${path(id)}/reply`, { client_msg_id, text, citations, files: files.map(({ file }) => file) }),
  whisper: (id: string, text: string) => call<Changed>("POST", `${path(id)}/whisper`, { text }),
  assign: (id: string, target: TransferTarget) => call<Changed>("POST", `${path(id)}/assign`, target),
  mark: (id: string, mark: { message: number; kind: MarkKind; wanted?: string; off?: boolean }) =>
    call<Changed>("POST", `${path(id)}/mark`, mark),
  intents: () => call<{ items: { intent: string; text: string }[] }>("GET", "/intents"),
  customer: (id: string) => call<CustomerPanel>("GET", `${path(id)}/customer`),
  reveal: (id: string, what: Secret, reason: string, policy?: string) =>
    call<{ value: string }>("POST", `${path(id)}/reveal`, { what, reason, policy }),
  canned: (id: string) => call<{ items: Canned[] }>("GET", `${path(id)}/canned`),
  addCanned: (title: string, text: string) => call<{ id: string }>("POST", "/canned", { title, text }),
  removeCanned: (id: string) => call("POST", `/canned/${encodeURIComponent(id)}/remove`),
  lookUp: (text: string) => call<{ items: Passage[] }>("GET", `/knowledge?q=${encodeURIComponent(text)}`),
  upload(id: string, file: File): Promise<Attachment> {
    const form = new FormData();
    form.append("file", file);
    return call("POST", `${path(id)}/files`, form);
  },
  note: (id: string, text: string) => call<Changed>("POST", `${path(id)}/note`, { text }),
  transfer: (id: string, target: TransferTarget) => call<Changed>("POST", `${path(id)}/transfer`, target),
  handBack: (id: string, note: string) =>
    call<Changed>("POST", `${path(id)}/hand_back`, note ? { note } : {}),
  close: (id: string, reason: string, summary: string) =>
    call<Changed>("POST", `${path(id)}/close`, summary ? { reason, summary } : { reason }),
  fileUrl: (id: string, file: string) => `${BASE}${path(id)}/files/${encodeURIComponent(file)}`,
  eventsUrl: `${BASE}/events`,
};
