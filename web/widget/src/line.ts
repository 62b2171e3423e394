/** Keeps a line to the server: opens the session, picks WebSocket or long polling, comes back after a loss. */

import { backoff } from "./backoff";
import { type Link, type LinkEvents, type Network, openPollLink, openSocketLink, requestEvents } from "./link";
import { type ClientFrame, type ServerFrame, type Snapshot, readError } from "./protocol";
import { SessionRefused, oneTab, openSession } from "./session";
import type { ChatStorage, Session } from "./storage";
import { Timers } from "./timers";

export interface LineOptions {
  readonly server: string;
  readonly siteKey: string;
  readonly storage: ChatStorage;
  readonly network: Network;
  /** A fresh token of the insurer's own site for a signed-in customer, or null for a guest. */
  readonly userToken: () => Promise<string | null>;
}
export interface LineEvents {
  frame(frame: ServerFrame): void;
  session(session: Session): void;
  /** The line broke; another attempt is planned. */
  lost(): void;
  /** No conversation for this page; `message` is for the customer, "" when the server gave none. */
  refused(message: string): void;
}

const TRY_SOCKET_AGAIN = 60_000;
/** Failed WebSocket attempts in a row before long polling takes over. */
const SOCKET_ATTEMPTS = 2;

export class Line {
  private link: Link | null = null;
  private current: Session | null = null;
  private running = false;
  private opening = false;
  private attempt = 0;
  private refusedToken = "";
  private socketFailures = 0;
  private readonly timers = new Timers();

  constructor(
    private readonly options: LineOptions,
    private readonly lastSeq: () => number,
    private readonly events: LineEvents,
  ) {}

  get kind(): Link["kind"] | null {
    return this.link?.kind ?? null;
  }
  get session(): Session | null {
    return this.current;
  }

  start(): void {
    this.running = true;
    this.wake();
  }
  stop(): void {
    this.running = false;
    this.timers.clear();
    this.hangUp();
  }
  /** Tries at once instead of waiting out the pause. */
  wake(): void {
    if (!this.running || this.link || this.opening) return;
    this.timers.cancel("reconnect");
    void this.connect();
  }
  /** The line is of no use any more though it looks open: hang up and come back. */
  fault(): void {
    this.hangUp();
    if (this.running) this.retryLater();
  }
  send(frame: ClientFrame): void {
    this.link?.send(frame);
  }
  /** Another tab opened a different conversation: go on with that one. */
  use(session: Session): void {
    this.hangUp();
    this.current = session;
    this.events.session(session);
    this.wake();
  }
  /** Durable events after `after`, outside the stream; null when the server cannot answer. */
  async ask(after: number): Promise<Snapshot | null> {
    if (!this.current) return null;
    const { network, server } = this.options;
    const answer = await requestEvents(network, server, this.current.token, after, 0).catch(() => null);
    return answer === "refused" ? null : answer;
  }

  /** Stores a file with the conversation; a sentence for the customer when that fails ("" when the server gave none). */
  async upload(file: File): Promise<{ file: string; name: string } | string> {
    const form = new FormData();
    form.append("file", file, file.name);
    const response = await this.authorised("/api/chat/files", { method: "POST", body: form });
    const answer: unknown = await response?.json().catch(() => null);
    if (!response?.ok) return readError(answer).message;
    const { file: id, name } = answer as { file?: unknown; name?: unknown };
    return typeof id === "string" ? { file: id, name: typeof name === "string" ? name : "" } : "";
  }
  async download(file: string): Promise<Blob | null> {
    const response = await this.authorised(`/api/chat/files/${encodeURIComponent(file)}`, {});
    return response?.ok ? await response.blob() : null;
  }
  forget(): void {
    this.hangUp();
    this.current = null;
  }

  private async authorised(path: string, init: RequestInit): Promise<Response | null> {
    if (!this.current) return null;
    const headers = { Authorization: `Bearer ${this.current.token}` };
    return this.options.network.fetch(this.options.server + path, { ...init, headers }).catch(() => null);
  }

  private async connect(): Promise<void> {
    this.opening = true;
    try {
      const session = await this.ensureSession();
      if (this.running) this.open(session);
    } catch (error) {
      if (!this.running) return;
      if (error instanceof SessionRefused) this.events.refused(error.message);
      else this.retryLater();
    } finally {
      this.opening = false;
    }
  }

  private async ensureSession(): Promise<Session> {
    if (this.current && this.current.token !== this.refusedToken) return this.current;
    const { storage, siteKey, server, network } = this.options;
    const userToken = await this.options.userToken();
    this.current = await oneTab(`baodan:${siteKey}`, async () => {
      const stored = storage.session;
      if (stored && !userToken && stored.token !== this.refusedToken) return stored;
      const opened = await openSession(network, { server, siteKey, userToken, earlier: stored?.token ?? null });
      storage.session = opened;
      return opened;
    });
    this.events.session(this.current);
    return this.current;
  }

  private open(session: Session): void {
    const { network, server } = this.options;
    const only = (work: () => void) => {
      if (this.link === link) work();
    };
    const events: LinkEvents = {
      frame: (frame) => only(() => this.onFrame(link, frame)),
      down: (welcomed) => only(() => this.onDown(link, welcomed)),
      refused: () =>
        only(() => {
          this.refusedToken = session.token;
          this.fault();
        }),
    };
    const link: Link =
      this.socketFailures >= SOCKET_ATTEMPTS
        ? openPollLink(network, server, session.token, this.lastSeq, events)
        : openSocketLink(network, server, session.token, this.lastSeq(), events);
    this.link = link;
    if (link.kind === "poll") this.timers.after("socket", TRY_SOCKET_AGAIN, () => this.trySocket());
  }

  private onFrame(link: Link, frame: ServerFrame): void {
    if (frame.type === "welcome") {
      this.attempt = 0;
      if (link.kind === "socket") this.socketFailures = 0;
    }
    this.events.frame(frame);
  }

  private onDown(link: Link, welcomed: boolean): void {
    this.socketFailures = link.kind === "poll" || welcomed ? 0 : this.socketFailures + 1;
    this.fault();
  }

  private trySocket(): void {
    this.hangUp();
    this.events.lost();
    this.socketFailures = SOCKET_ATTEMPTS - 1;
    this.wake();
  }

  private hangUp(): void {
    const link = this.link;
    this.link = null;
    link?.close();
    this.timers.cancel("socket");
  }

  private retryLater(): void {
    this.events.lost();
    this.timers.after("reconnect", backoff(this.attempt), () => this.wake());
    this.attempt += 1;
  }
}
