/** The customer's side of a conversation without any pixels: line, log and outbox held together. */

import { Line, type LineOptions } from "./line";
import { type Log, catchUp, emptyLog, openChoices, receive, releaseHeld, unread } from "./log";
import * as box from "./outbox";
import type { Choice, ServerFrame, Snapshot } from "./protocol";
import type { Session, StorageChange } from "./storage";
import { Timers } from "./timers";
import { words } from "./words";

export type Phase = "idle" | "connecting" | "online" | "reconnecting" | "refused";

export interface ChatState {
  readonly phase: Phase;
  readonly log: Log;
  readonly outbox: box.Outbox;
  /** Numbers up to this one were history when the page opened. */
  readonly history: number;
  readonly turnRunning: boolean;
  readonly specialistTyping: boolean;
  /** A sentence about something that went wrong, or "". */
  readonly notice: string;
  readonly readUpTo: number;
}
export interface ClientOptions extends LineOptions {
  readonly newId: () => string;
}

const TYPING_SHOWN = 6_000;
const TYPING_SENT_EVERY = 3_000;
const TURN_SHOWN = 60_000;
/** Faults of the server that pass by themselves: the message stays on its way. */
const PASSING = new Set(["unavailable", "internal", "internal_error", "server_error", "database_unavailable"]);

export class ChatClient {
  state: ChatState;
  private readonly line: Line;
  private readonly timers = new Timers();
  private stopWatching: (() => void) | null = null;
  private asking = false;
  private greeted = false;
  private losses = 0;
  private known = "";
  private typingSent = 0;

  constructor(
    private readonly options: ClientOptions,
    private readonly changed: (state: ChatState) => void,
  ) {
    this.state = {
      phase: "idle",
      log: emptyLog,
      outbox: options.storage.outbox().map((item) => box.restored(item, Date.now(), words.stale)),
      history: 0,
      turnRunning: false,
      specialistTyping: false,
      notice: "",
      readUpTo: 0,
    };
    this.line = new Line(options, () => this.state.log.seq, {
      frame: (frame) => this.onFrame(frame),
      session: (session) => this.onSession(session),
      lost: () => this.onLost(),
      refused: (message) => this.set({ phase: "refused", notice: message || words.notAllowed }),
    });
  }

  start(): void {
    if (this.stopWatching) return;
    this.stopWatching = this.options.storage.watch((change) => this.onOtherTab(change));
    this.set({ phase: "connecting" });
    this.line.start();
  }
  stop(): void {
    this.stopWatching?.();
    this.stopWatching = null;
    this.line.stop();
    this.timers.clear();
    this.set({ phase: "idle", outbox: box.disconnected(this.state.outbox) });
  }
  /** Tries at once instead of waiting out the pause. */
  wake(): void {
    this.line.wake();
  }

  say(text: string): void {
    this.put({ kind: "message", text });
  }
  choose(choice: Choice): void {
    this.put({ kind: "choose", text: choice.title, token: choice.token });
  }
  rate(seq: number, score: number): void {
    this.options.storage.markRated(this.conversation, seq, score);
    this.put({ kind: "rate", text: "", score });
  }
  /** Score already given for the rating request with this number, or 0. */
  rated(seq: number): number {
    return this.options.storage.rated(this.conversation, seq);
  }
  retry(id: string): void {
    this.set({ outbox: box.retry(this.state.outbox, id) });
    this.flush();
  }
  discard(id: string): void {
    this.options.storage.drop(id);
    this.set({ outbox: box.remove(this.state.outbox, id) });
  }
  dismiss(): void {
    this.set({ notice: "" });
  }

  /** The customer is typing; told to a specialist only, and not more often than needed. */
  typing(): void {
    if (this.state.log.mode !== "human" || Date.now() - this.typingSent < TYPING_SENT_EVERY) return;
    this.typingSent = Date.now();
    this.line.send({ type: "typing" });
  }
  /** Everything shown so far has been seen. */
  markRead(): void {
    const seq = this.state.log.seq;
    if (seq <= this.state.readUpTo || !this.conversation) return;
    this.options.storage.markRead(this.conversation, seq);
    this.line.send({ type: "read", seq });
    this.set({ readUpTo: seq });
  }
  unread(): number {
    return unread(this.state.log, this.state.readUpTo);
  }
  openChoices(): ReadonlySet<number> {
    const choosing = this.state.outbox.some((item) => item.content.kind !== "rate" && item.state !== "failed");
    return choosing ? new Set() : openChoices(this.state.log);
  }

  private get conversation(): string {
    return this.line.session?.conversation ?? "";
  }

  private put(content: box.Content): void {
    const item = box.outgoing(this.options.newId(), content, Date.now());
    this.options.storage.keep(item);
    this.set({ outbox: box.add(this.state.outbox, item), notice: "" });
    this.flush();
  }

  private flush(): void {
    if (this.state.phase !== "online") return;
    for (const item of box.due(this.state.outbox)) {
      this.set({ outbox: box.sending(this.state.outbox, item.id, Date.now()) });
      this.line.send(box.frameOf(item));
    }
    this.watchOverdue();
  }

  private watchOverdue(): void {
    if (!this.state.outbox.some((item) => item.state === "sending")) return;
    this.timers.after("overdue", 1_000, () => {
      const { outbox, late } = box.overdue(this.state.outbox, Date.now(), words.noAck);
      this.set({ outbox });
      if (late) this.line.fault();
      else this.watchOverdue();
    });
  }

  private onSession(session: Session): void {
    if (this.state.history && this.known !== session.conversation) this.forget();
    this.known = session.conversation;
    this.set({ readUpTo: this.options.storage.readUpTo(session.conversation) });
  }
  private forget(): void {
    this.greeted = false;
    this.set({ log: emptyLog, history: 0, readUpTo: 0 });
  }

  private onLost(): void {
    this.timers.cancel("overdue", "turn", "typing");
    this.losses += 1;
    this.set({
      phase: this.greeted || this.losses > 1 ? "reconnecting" : "connecting",
      outbox: box.disconnected(this.state.outbox),
      turnRunning: false,
      specialistTyping: false,
    });
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.onWelcome(frame.snapshot);
      case "batch":
        return this.onBatch(frame.snapshot);
      case "event": {
        const { log, missing } = receive(this.state.log, frame.entry);
        this.show(log);
        if (frame.entry.kind === "message" && frame.entry.origin === "specialist") this.set({ specialistTyping: false });
        if (missing) void this.ask();
        return;
      }
      case "ack":
        this.options.storage.drop(frame.clientMsgId);
        this.set({ outbox: box.acknowledged(this.state.outbox, frame.clientMsgId, frame.seq) });
        this.show(this.state.log);
        if (this.line.kind === "poll" && this.state.log.mode === "bot") this.turn(true);
        return;
      case "turn":
        return this.turn(frame.running);
      case "typing":
        this.set({ specialistTyping: true });
        return this.timers.after("typing", TYPING_SHOWN, () => this.set({ specialistTyping: false }));
      case "error":
        return this.onError(frame.code, frame.message, frame.clientMsgId);
      case "pong":
        return;
    }
  }

  private onWelcome(snapshot: Snapshot): void {
    this.losses = 0;
    this.set({ phase: "online", notice: "" });
    if (snapshot.seq < this.state.log.seq) {
      // The server knows less than we show (a restored backup): its log is the truth.
      this.forget();
      void this.ask();
    } else {
      if (!this.greeted) this.set({ history: snapshot.seq });
      this.greeted = true;
      this.take(snapshot);
    }
    this.flush();
  }

  /** Long polling brings no turn frames: an answer ends the turn. */
  private onBatch(snapshot: Snapshot): void {
    const last = snapshot.entries.at(-1);
    if (last && (last.kind !== "message" || last.origin !== "customer")) this.turn(false);
    this.take(snapshot);
  }

  private take(snapshot: Snapshot): void {
    const { log, missing } = catchUp(this.state.log, snapshot);
    this.show(log);
    if (missing) void this.ask();
  }

  /** Asks for what lies between; one question at a time. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const before = this.state.log.seq;
    const answer = await this.line.ask(before);
    this.asking = false;
    if (!answer) return this.line.fault();
    const caughtUp = catchUp(this.state.log, answer);
    const stuck = caughtUp.log.seq === before;
    this.show(stuck ? releaseHeld(caughtUp.log) : caughtUp.log);
    if (caughtUp.missing && !stuck) void this.ask();
  }

  private onError(code: string, message: string, clientMsgId: string | null): void {
    const sentence = message || (code === "rate_limited" ? words.busy : words.trouble);
    const item = this.state.outbox.find((candidate) => candidate.id === clientMsgId);
    if (!item || PASSING.has(code)) return this.set({ notice: sentence });
    if (item.content.kind !== "message") {
      this.discard(item.id);
      return this.set({ notice: sentence });
    }
    const outbox = box.failed(this.state.outbox, item.id, sentence);
    this.options.storage.keep({ ...item, state: "failed", reason: sentence });
    this.set({ outbox });
  }

  private turn(running: boolean): void {
    this.timers.cancel("turn");
    this.set({ turnRunning: running });
    if (running) this.timers.after("turn", TURN_SHOWN, () => this.set({ turnRunning: false }));
  }

  private onOtherTab(change: StorageChange): void {
    switch (change.kind) {
      case "outgoing":
        // The other tab sends it; should that tab die before the acknowledgement, this one takes over.
        if (change.item.state !== "failed") {
          const item: box.Outgoing = { ...change.item, state: "sending", tried: Date.now() };
          this.set({ outbox: box.add(this.state.outbox, item) });
        }
        return this.watchOverdue();
      case "gone":
        return this.set({ outbox: this.state.outbox.filter((item) => item.id !== change.id || item.state === "sent") });
      case "session":
        if (change.session && change.session.token !== this.line.session?.token) this.line.use(change.session);
        return;
      case "read":
        return this.set({ readUpTo: this.options.storage.readUpTo(this.conversation) });
      case "rated":
      case "large":
        return this.changed(this.state);
    }
  }

  private show(log: Log): void {
    const outbox = box.settled(this.state.outbox, log);
    for (const item of this.state.outbox) if (!outbox.includes(item)) this.options.storage.drop(item.id);
    this.set({ log, outbox });
  }

  private set(patch: Partial<ChatState>): void {
    this.state = { ...this.state, ...patch };
    this.changed(this.state);
  }
}
