/** A server in a few lines: sockets and HTTP answers the test decides about. */

import type { Network } from "../src/link";

type Listener = (event: { data?: unknown }) => void;

export class FakeSocket {
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  private readonly listeners = new Map<string, Listener[]>();

  addEventListener(name: string, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.emit("open", {});
  }
  give(frame: unknown): void {
    this.emit("message", { data: JSON.stringify(frame) });
  }
  fail(): void {
    this.readyState = 3;
    this.emit("close", {});
  }
  sentOf(type: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.type === type);
  }
  private emit(name: string, event: { data?: unknown }): void {
    for (const listener of this.listeners.get(name) ?? []) listener(event);
  }
}

export interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

export class FakeNetwork implements Network {
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  readonly calls: Call[] = [];
  /** The answer to a request, or an error to throw. */
  answer: (call: Call) => { status?: number; body?: unknown } = () => ({ body: { conversation: "c1", token: "secret-token" } });

  fetch(url: string, init: RequestInit = {}): Promise<Response> {
    this.urls.push(url);
    this.calls.push({ url, init });
    const { status = 200, body = {} } = this.answer({ url, init });
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  }
  socket(url: string): WebSocket {
    this.urls.push(url);
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }
  get last(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }
}

export class FakeStorage {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}
