/** What the customer wrote and the server has not confirmed yet, as a pure value. The id makes repeats harmless. */

import type { Log } from "./log";
import type { SendFrame } from "./protocol";

export type SendState = "waiting" | "postponed" | "sending" | "sent" | "failed";

export type Content =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "choose"; readonly text: string; readonly token: string }
  | { readonly kind: "file"; readonly text: string; readonly file: string }
  | { readonly kind: "rate"; readonly text: string; readonly score: number };

export interface Outgoing {
  readonly id: string;
  readonly content: Content;
  /** Milliseconds since the epoch, when it was written. */
  readonly written: number;
  readonly state: SendState;
  /** Why it failed, for the customer; "" otherwise. */
  readonly reason: string;
  /** Milliseconds since the epoch of the last attempt; 0 before the first. */
  readonly tried: number;
  /** Attempts that were never acknowledged. */
  readonly attempts: number;
  /** Its number once acknowledged; 0 before. */
  readonly seq: number;
}
export type Outbox = readonly Outgoing[];

export const ACK_TIMEOUT = 12_000;
export const MAX_ATTEMPTS = 3;
export const MAX_POSTPONED = 10;
/** Older than this when the page opens again: the customer decides whether it still goes out. */
export const STALE_AFTER = 10 * 60_000;

export function outgoing(id: string, content: Content, now: number): Outgoing {
  return { id, content, written: now, state: "waiting", reason: "", tried: 0, attempts: 0, seq: 0 };
}

const change = (outbox: Outbox, id: string, patch: Partial<Outgoing>): Outbox =>
  outbox.map((item) => (item.id === id ? { ...item, ...patch } : item));

export const add = (outbox: Outbox, item: Outgoing): Outbox =>
  outbox.some((known) => known.id === item.id) ? outbox : [...outbox, item].sort((a, b) => a.written - b.written);
export const remove = (outbox: Outbox, id: string): Outbox => outbox.filter((item) => item.id !== id);
export const failed = (outbox: Outbox, id: string, reason: string): Outbox => change(outbox, id, { state: "failed", reason });
export const retry = (outbox: Outbox, id: string): Outbox => change(outbox, id, { state: "waiting", reason: "", attempts: 0 });

export const sending = (outbox: Outbox, id: string, now: number): Outbox =>
  change(outbox, id, { state: "sending", tried: now });

/** Acknowledged; stays visible until the log itself has number `seq`. */
export const acknowledged = (outbox: Outbox, id: string, seq: number): Outbox =>
  change(outbox, id, { state: "sent", reason: "", seq });

/** Drops what the log now shows by itself. */
export function settled(outbox: Outbox, log: Log): Outbox {
  if (outbox.length === 0) return outbox;
  const shown = new Set(log.entries.map((entry) => (entry.kind === "message" ? entry.clientMsgId : null)));
  return outbox.filter((item) => !(item.state === "sent" && item.seq <= log.seq) && !shown.has(item.id));
}

/** The line is gone: what was on its way must be sent again, with the same id. */
export const disconnected = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state === "sending" || item.state === "postponed" ? { ...item, state: "waiting" } : item));

/** What must go out now, in the order it was written. Nothing overtakes a message that waits for the server. */
export function due(outbox: Outbox): Outbox {
  return outbox.some((item) => item.state === "postponed") ? [] : outbox.filter((item) => item.state === "waiting");
}

/** No acknowledgement in time: again a few times, then the customer is told `reason`. `late` says whether any was. */
export function overdue(outbox: Outbox, now: number, reason: string): { outbox: Outbox; late: boolean } {
  let late = false;
  const next = outbox.map((item): Outgoing => {
    if (item.state !== "sending" || now - item.tried < ACK_TIMEOUT) return item;
    late = true;
    const attempts = item.attempts + 1;
    return attempts < MAX_ATTEMPTS ? { ...item, state: "waiting", attempts } : { ...item, state: "failed", attempts, reason };
  });
  return { outbox: next, late };
}

/** The server could not store it just now: later again, a limited number of times. */
export const postponed = (outbox: Outbox, id: string, reason: string): Outbox =>
  outbox.map((item): Outgoing => {
    if (item.id !== id) return item;
    const attempts = item.attempts + 1;
    return attempts < MAX_POSTPONED ? { ...item, state: "postponed", attempts } : { ...item, state: "failed", attempts, reason };
  });
export const resumed = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state === "postponed" ? { ...item, state: "waiting" } : item));

/** Taken from storage on opening the page. */
export function restored(item: Outgoing, now: number, staleReason: string): Outgoing {
  const base = { ...item, tried: 0, attempts: 0, seq: 0 };
  if (item.state === "failed") return base;
  return now - item.written > STALE_AFTER
    ? { ...base, state: "failed", reason: staleReason }
    : { ...base, state: "waiting", reason: "" };
}

export function frameOf(item: Outgoing): SendFrame {
  const { id, content } = item;
  switch (content.kind) {
    case "message":
      return { type: "message", client_msg_id: id, text: content.text };
    case "choose":
      return { type: "choose", client_msg_id: id, button: content.token };
    case "file":
      return { type: "file", client_msg_id: id, file: content.file };
    case "rate":
      return { type: "rate", client_msg_id: id, score: content.score };
  }
}
