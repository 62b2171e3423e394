/** The conversation as a pure value: a numbered log that drops what it has and says when something is missing. */

import type { Choice, Entry, Mode, Snapshot, Specialist } from "./protocol";

export interface Log {
  /** Everything up to this number is in `entries`. */
  readonly seq: number;
  readonly entries: readonly Entry[];
  /** Arrived ahead of a gap; kept until the gap is filled. */
  readonly held: readonly Entry[];
  readonly mode: Mode;
  readonly specialist: Specialist | null;
  /** Place in the waiting line, while queued and told. */
  readonly position: number | null;
  /** The server's way out of the waiting line, while queued. */
  readonly leaveQueue: Choice | null;
}

export const emptyLog: Log = {
  seq: 0,
  entries: [],
  held: [],
  mode: "bot",
  specialist: null,
  position: null,
  leaveQueue: null,
};

/** A live event. `missing` is true when the server must be asked for what lies between. */
export function receive(log: Log, entry: Entry): { log: Log; missing: boolean } {
  if (entry.seq <= log.seq) return { log, missing: false };
  if (entry.seq > log.seq + 1) return { log: { ...log, held: hold(log.held, [entry], log.seq) }, missing: true };
  const next = release(append(log, entry));
  return { log: next, missing: next.held.length > 0 };
}

/**
 * A complete answer to "what comes after number N". Numbers absent from it do not exist for the customer.
 * `missing` is true when the server holds more than it sent (a long history comes in pages).
 */
export function catchUp(log: Log, snapshot: Snapshot): { log: Log; missing: boolean } {
  const fresh = [...snapshot.entries].filter((entry) => entry.seq > log.seq).sort((a, b) => a.seq - b.seq);
  let next = log;
  for (const entry of fresh) if (entry.seq > next.seq) next = append(next, entry);
  if (fresh.length === 0) next = { ...next, seq: Math.max(next.seq, snapshot.seq) };
  next = release({ ...next, held: hold(next.held, [], next.seq) });
  const behind = next.seq < snapshot.seq;
  if (!behind && next.held.length === 0) next = settle(next, snapshot.mode);
  return { log: next, missing: behind || next.held.length > 0 };
}

function append(log: Log, entry: Entry): Log {
  const next = { ...log, seq: entry.seq, entries: [...log.entries, entry] };
  switch (entry.kind) {
    case "mode":
    case "closed":
      return { ...settle(next, entry.mode), specialist: entry.mode === "human" ? (entry.specialist ?? log.specialist) : null };
    case "queue":
      return { ...next, mode: "queued", specialist: null, position: entry.position, leaveQueue: usable(entry.choices) };
    case "message":
      return entry.origin === "specialist" && entry.specialist && log.mode === "human"
        ? { ...next, specialist: entry.specialist }
        : next;
    default:
      return next;
  }
}

const usable = (choices: readonly Choice[]): Choice | null => choices.find((choice) => choice.token !== "") ?? null;

function settle(log: Log, mode: Mode): Log {
  const queued = mode === "queued";
  return {
    ...log,
    mode,
    specialist: mode === "human" ? log.specialist : null,
    position: queued ? log.position : null,
    leaveQueue: queued ? log.leaveQueue : null,
  };
}

function hold(held: readonly Entry[], more: readonly Entry[], seq: number): Entry[] {
  const bySeq = new Map([...held, ...more].map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].filter((entry) => entry.seq > seq).sort((a, b) => a.seq - b.seq);
}

function release(log: Log): Log {
  let next = log;
  while (next.held[0]?.seq === next.seq + 1) {
    const [first, ...rest] = next.held as [Entry, ...Entry[]];
    next = { ...append(next, first), held: rest };
  }
  return next;
}

/** The server knows of nothing that lies between: go on with what has arrived. */
export function releaseHeld(log: Log): Log {
  return log.held.reduce(append, { ...log, held: [] });
}

/** Numbers of messages whose buttons may still be used: nothing was said or chosen after them, no specialist took over. */
export function openChoices(log: Log): ReadonlySet<number> {
  const open = new Set<number>();
  for (let index = log.entries.length - 1; index >= 0; index -= 1) {
    const entry = log.entries[index] as Entry;
    if (entry.kind === "closed" || (entry.kind === "mode" && entry.mode === "human")) break;
    if (entry.kind !== "message") continue;
    if (entry.origin === "customer") break;
    if (entry.choices.some((choice) => choice.token !== "")) open.add(entry.seq);
  }
  return open;
}

/** How many messages to the customer lie after number `read`. */
export function unread(log: Log, read: number): number {
  return log.entries.filter((entry) => entry.kind === "message" && entry.origin !== "customer" && entry.seq > read).length;
}
