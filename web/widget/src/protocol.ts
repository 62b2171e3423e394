/** The chat protocol as the widget sees it: frames out, frames in, and one strict reader for what comes in. */

export type Mode = "bot" | "queued" | "human" | "closed";
export type Origin = "customer" | "bot" | "specialist" | "system";

export interface Specialist {
  readonly name: string;
  readonly number: string;
}
export interface Choice {
  readonly title: string;
  readonly token: string;
}
export interface Citation {
  readonly title: string;
  readonly clause: string;
  readonly version: string;
}

export interface Attachment {
  readonly file: string;
  readonly name: string;
  /** Bytes; 0 when unknown. */
  readonly size: number;
}

interface Numbered {
  readonly seq: number;
  /** ISO time of the server, or "" when it sent none. */
  readonly at: string;
  readonly text: string;
}
export interface MessageEntry extends Numbered {
  readonly kind: "message";
  readonly origin: Origin;
  readonly choices: readonly Choice[];
  readonly citations: readonly Citation[];
  readonly files: readonly Attachment[];
  readonly specialist: Specialist | null;
  readonly clientMsgId: string | null;
}
export interface ModeEntry extends Numbered {
  readonly kind: "mode" | "closed";
  readonly mode: Mode;
  readonly specialist: Specialist | null;
}
export interface QueueEntry extends Numbered {
  readonly kind: "queue";
  /** 1 is next; null when the server does not say. */
  readonly position: number | null;
  readonly choices: readonly Choice[];
}
export interface RatingEntry extends Numbered {
  readonly kind: "rating_request";
}
/** A kind this version does not know: kept so that the numbering stays whole. */
export interface UnknownEntry extends Numbered {
  readonly kind: "unknown";
}
export type Entry = MessageEntry | ModeEntry | QueueEntry | RatingEntry | UnknownEntry;

export interface Snapshot {
  readonly seq: number;
  readonly mode: Mode;
  readonly entries: readonly Entry[];
}

export type ServerFrame =
  | { readonly type: "welcome"; readonly snapshot: Snapshot }
  | { readonly type: "batch"; readonly snapshot: Snapshot }
  | { readonly type: "event"; readonly entry: Entry }
  | { readonly type: "ack"; readonly clientMsgId: string; readonly seq: number }
  | { readonly type: "turn"; readonly running: boolean }
  | { readonly type: "typing" }
  | { readonly type: "pong" }
  | { readonly type: "error"; readonly code: string; readonly message: string; readonly clientMsgId: string | null };

export type SendFrame =
  | { readonly type: "message"; readonly client_msg_id: string; readonly text: string }
  | { readonly type: "choose"; readonly client_msg_id: string; readonly button: string }
  | { readonly type: "file"; readonly client_msg_id: string; readonly file: string }
  | { readonly type: "rate"; readonly client_msg_id: string; readonly score: number };
export type ClientFrame =
  | SendFrame
  | { readonly type: "hello"; readonly token: string; readonly last_seq: number }
  | { readonly type: "read"; readonly seq: number }
  | { readonly type: "typing" | "ping" };

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const string = (value: unknown): string => (typeof value === "string" ? value : "");
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const isMode = (value: unknown): value is Mode => value === "bot" || value === "queued" || value === "human" || value === "closed";
const isOrigin = (value: unknown): value is Origin =>
  value === "customer" || value === "bot" || value === "specialist" || value === "system";
const whole = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

function specialistOf(value: unknown): Specialist | null {
  return isObject(value) && string(value.name) ? { name: string(value.name), number: string(value.number) } : null;
}

function choicesOf(value: unknown): Choice[] {
  return objects(value)
    .map((button) => ({ title: string(button.title), token: string(button.token) }))
    .filter((choice) => choice.title !== "");
}

/** One durable event, or null when it carries no usable number. */
export function readEntry(value: unknown): Entry | null {
  if (!isObject(value)) return null;
  const seq = whole(value.seq);
  if (seq === null || seq < 1) return null;
  const base = { seq, at: string(value.at), text: string(value.text) };
  switch (value.kind) {
    case "message":
      return {
        ...base,
        kind: "message",
        origin: isOrigin(value.origin) ? value.origin : "system",
        choices: choicesOf(value.buttons),
        citations: objects(value.citations)
          .map((item) => ({ title: string(item.title), clause: string(item.clause), version: string(item.version) }))
          .filter((citation) => citation.title !== ""),
        files: objects(value.files)
          .map((file) => ({ file: string(file.file), name: string(file.name), size: whole(file.size) ?? 0 }))
          .filter((file) => file.name !== ""),
        specialist: specialistOf(value.specialist),
        clientMsgId: string(value.client_msg_id) || null,
      };
    case "mode":
    case "closed": {
      const mode = value.kind === "closed" ? "closed" : value.mode;
      if (!isMode(mode)) return { ...base, kind: "unknown" };
      return { ...base, kind: value.kind, mode, specialist: specialistOf(value.specialist) };
    }
    case "queue":
      return { ...base, kind: "queue", position: whole(value.position), choices: choicesOf(value.buttons) };
    case "rating_request":
      return { ...base, kind: "rating_request" };
    default:
      return { ...base, kind: "unknown" };
  }
}

/** A welcome frame's body or the answer of `GET /api/chat/events`; null when it is neither. */
export function readSnapshot(value: unknown): Snapshot | null {
  if (!isObject(value)) return null;
  const seq = whole(value.seq);
  if (seq === null || !Array.isArray(value.events)) return null;
  const entries = value.events.map(readEntry).filter((entry) => entry !== null);
  return { seq, mode: isMode(value.mode) ? value.mode : "bot", entries };
}

/** One frame of the server, or null for what this version cannot use. */
export function readFrame(value: unknown): ServerFrame | null {
  if (!isObject(value)) return null;
  switch (value.type) {
    case "welcome": {
      const snapshot = readSnapshot(value);
      return snapshot && { type: "welcome", snapshot };
    }
    case "event": {
      const entry = readEntry(value);
      return entry && { type: "event", entry };
    }
    case "ack": {
      const seq = whole(value.seq);
      return seq === null ? null : { type: "ack", clientMsgId: string(value.client_msg_id), seq };
    }
    case "turn":
      return { type: "turn", running: value.state === "started" };
    case "typing":
      return { type: "typing" };
    case "pong":
      return { type: "pong" };
    case "error":
      return {
        type: "error",
        code: string(value.code),
        message: string(value.message),
        clientMsgId: string(value.client_msg_id) || null,
      };
    default:
      return null;
  }
}

/** The error of an HTTP answer (`{"error":{"code","message"}}`), or empty strings. */
export function readError(value: unknown): { code: string; message: string } {
  const error = isObject(value) && isObject(value.error) ? value.error : {};
  return { code: string(error.code), message: string(error.message) };
}
