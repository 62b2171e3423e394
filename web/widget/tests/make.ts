/** Entries for tests, with only what matters spelled out. */

import type { Entry, MessageEntry, Mode, Origin } from "../src/protocol";

export function message(seq: number, origin: Origin = "bot", extra: Partial<MessageEntry> = {}): MessageEntry {
  return {
    kind: "message",
    seq,
    at: `2026-11-22T01:${String(seq % 60).padStart(2, "0")}:00Z`,
    text: `第${seq}条`,
    origin,
    choices: [],
    citations: [],
    files: [],
    specialist: null,
    clientMsgId: null,
    ...extra,
  };
}

export function mode(seq: number, to: Mode, name = ""): Entry {
  return { kind: "mode", seq, at: "", text: "", mode: to, specialist: name ? { name, number: "1001" } : null };
}

export function queue(seq: number, position: number, token = ""): Entry {
  return { kind: "queue", seq, at: "", text: "", position, choices: token ? [{ title: "取消排队", token }] : [] };
}
