/** Conversations: lists, one in full, and what a specialist does with it. */
import { BASE, call } from "./http";
import type { Person } from "./people";

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
  reply: (id: string, message: { client_msg_id: string; text: string }) =>
    call<Changed>("POST", `${path(id)}/reply`, message),
  note: (id: string, text: string) => call<Changed>("POST", `${path(id)}/note`, { text }),
  transfer: (id: string, target: TransferTarget) => call<Changed>("POST", `${path(id)}/transfer`, target),
  handBack: (id: string, note: string) =>
    call<Changed>("POST", `${path(id)}/hand_back`, note ? { note } : {}),
  close: (id: string, reason: string, summary: string) =>
    call<Changed>("POST", `${path(id)}/close`, summary ? { reason, summary } : { reason }),
  fileUrl: (id: string, file: string) => `${BASE}${path(id)}/files/${encodeURIComponent(file)}`,
  eventsUrl: `${BASE}/events`,
};
