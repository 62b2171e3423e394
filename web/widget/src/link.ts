/** One line to the server: a WebSocket, or long polling with the same meaning. The client decides which, and when to try again. */

import { type ClientFrame, type SendFrame, type ServerFrame, readError, readFrame, readSnapshot } from "./protocol";

export interface LinkEvents {
  frame(frame: ServerFrame): void;
  /** The line is gone. `welcomed` tells whether it ever worked. */
  down(welcomed: boolean): void;
  /** The server does not accept the token. */
  refused(): void;
}
export interface Link {
  readonly kind: "socket" | "poll";
  send(frame: ClientFrame): void;
  close(): void;
}
export interface Network {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  socket(url: string): WebSocket;
}

const WELCOME_TIMEOUT = 8_000;
const PING_EVERY = 25_000;
const PONG_TIMEOUT = 10_000;
export const POLL_WAIT = 25;
const REFUSED = "unauthorised";

export function openSocketLink(network: Network, server: string, token: string, lastSeq: number, events: LinkEvents): Link {
  const socket = network.socket(`${server.replace(/^http/, "ws")}/api/chat/ws`);
  let welcomed = false;
  let over = false;
  let answersPing = false;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const welcomeTimer = setTimeout(() => end(), WELCOME_TIMEOUT);
  const pingTimer = setInterval(() => {
    send({ type: "ping" });
    if (answersPing) pongTimer = setTimeout(() => end(), PONG_TIMEOUT);
  }, PING_EVERY);

  function finish(): boolean {
    if (over) return false;
    over = true;
    clearTimeout(welcomeTimer);
    clearTimeout(pongTimer);
    clearInterval(pingTimer);
    socket.close();
    return true;
  }
  function end(): void {
    if (finish()) events.down(welcomed);
  }
  function send(frame: ClientFrame): void {
    if (socket.readyState === 1) socket.send(JSON.stringify(frame));
  }

  socket.addEventListener("open", () => send({ type: "hello", token, last_seq: lastSeq }));
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
  socket.addEventListener("message", (message: MessageEvent) => {
    if (over) return;
    clearTimeout(pongTimer);
    const frame = readFrame(parse(message.data));
    if (!frame) return;
    if (frame.type === "welcome") {
      welcomed = true;
      clearTimeout(welcomeTimer);
    }
    if (frame.type === "pong") answersPing = true;
    if (frame.type === "error" && frame.code === REFUSED) {
      if (finish()) events.refused();
      return;
    }
    events.frame(frame);
  });
  return { kind: "socket", send, close: () => void finish() };
}

export function openPollLink(network: Network, server: string, token: string, lastSeq: () => number, events: LinkEvents): Link {
  const stop = new AbortController();
  let welcomed = false;
  let posts: Promise<void> = Promise.resolve();

  function end(): void {
    if (stop.signal.aborted) return;
    stop.abort();
    events.down(welcomed);
  }
  function refused(): void {
    if (stop.signal.aborted) return;
    stop.abort();
    events.refused();
  }
  async function poll(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const answer = await requestEvents(network, server, token, lastSeq(), welcomed ? POLL_WAIT : 0, stop.signal);
        if (stop.signal.aborted) return;
        if (answer === "refused") return refused();
        if (answer === null) return end();
        events.frame({ type: welcomed ? "batch" : "welcome", snapshot: answer });
        welcomed = true;
      } catch {
        return end();
      }
    }
  }
  async function post(frame: SendFrame | { readonly type: "read"; readonly seq: number }): Promise<void> {
    const id = "client_msg_id" in frame ? frame.client_msg_id : null;
    try {
      const response = await network.fetch(`${server}/api/chat/messages`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify(frame),
        signal: stop.signal,
      });
      if (stop.signal.aborted) return;
      if (response.status === 401) return refused();
      const body = (await response.json().catch(() => null)) as { ack?: unknown } | null;
      const ack = response.ok ? readFrame({ type: "ack", ...(body?.ack as object) }) : null;
      if (ack) events.frame(ack);
      else if (!response.ok) events.frame({ type: "error", ...problemOf(response.status, body), clientMsgId: id });
    } catch {
      end();
    }
  }
  void poll();
  return {
    kind: "poll",
    send: (frame) => {
      if (frame.type === "message" || frame.type === "choose" || frame.type === "file" || frame.type === "rate" || frame.type === "read")
        posts = posts.then(() => post(frame));
    },
    close: () => stop.abort(),
  };
}

/** A broken gateway in front of the server sends no code of ours. */
function problemOf(status: number, body: unknown): { code: string; message: string } {
  const { code, message } = readError(body);
  return { code: code || (status >= 500 ? "unavailable" : status === 429 ? "rate_limited" : ""), message };
}

/** Durable events after `after`; "refused" for a bad token, null when the server cannot answer. */
export async function requestEvents(
  network: Network,
  server: string,
  token: string,
  after: number,
  wait: number,
  signal?: AbortSignal,
) {
  const response = await network.fetch(`${server}/api/chat/events?after=${after}&wait=${wait}`, {
    headers: { Authorization: `Bearer ${token}` },
    ...(signal ? { signal } : {}),
  });
  if (response.status === 401) return "refused";
  return response.ok ? readSnapshot(await response.json()) : null;
}

function parse(data: unknown): unknown {
  try {
    return typeof data === "string" ? (JSON.parse(data) as unknown) : null;
  } catch {
    return null;
  }
}
