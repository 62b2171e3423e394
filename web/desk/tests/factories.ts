import type { ConversationEvent, Summary } from "../src/api";

export function summary(fields: Partial<Summary> & { id: string }): Summary {
  return {
    mode: "bot",
    epoch: 1,
    channel: "web",
    customer: { name: null, level: 0 },
    preview: "",
    reason: null,
    reason_text: null,
    skill: null,
    priority: 0,
    queued_at: null,
    waiting_seconds: null,
    assignee: null,
    last_at: "2026-11-22T02:00:00Z",
    last_seq: 1,
    reach: null,
    ...fields,
  };
}

export function event(fields: Partial<ConversationEvent> & { id: number }): ConversationEvent {
  return {
    seq: null,
    kind: "message",
    origin: "customer",
    visibility: "public",
    text: "",
    mode: null,
    files: [],
    buttons: [],
    citations: [],
    at: "2026-11-22T02:00:00Z",
    staff: null,
    understood: null,
    marks: [],
    whisper: false,
    delivery: "sent",
    ...fields,
  };
}

/** All orders of a small list. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
