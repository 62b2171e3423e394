/** The customer's side of a conversation without any pixels: line, log and delivery held together. */

import { Delivery } from "./delivery";
import { Line, type LineOptions } from "./line";
import { type Log, catchUp, emptyLog, openChoices, receive, releaseHeld, unread } from "./log";
import type { Outbox } from "./outbox";
import type { Choice, ServerFrame, Snapshot } from "./protocol";
import type { Session, StorageChange } from "./storage";
import { Timers } from "./timers";
import { words } from "./words";

export type Phase = "idle" | "connecting" | "online" | "reconnecting" | "refused";

export interface ChatState {
  readonly phase: Phase;
  readonly log: Log;
  readonly outbox: Outbox;
  /** Numbers up to this one were history when the page opened. */
  readonly history: number;
  readonly turnRunning: boolean;
  readonly specialistTyping: boolean;
  /** A sentence about something that went wrong, or "". */
  readonly notice: string;
  readonly readUpTo: number;
  /** Name of the file on its way up, or "". */
  readonly uploading: string;
}
export interface ClientOptions extends LineOptions {
  readonly newId: () => string;
}

const TYPING_SHOWN = 6_000;
const TYPING_SENT_EVERY = 3_000;
const TURN_SHOWN = 60_000;
const LARGEST_FILE = 10 * 1024 * 1024;
export const ACCEPTED_FILES: readonly string[] = ["image/jpeg", "image/png", "application/pdf"];

export class ChatClient {
  state: ChatState;
  private readonly line: Line;
  private readonly delivery: Delivery;
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
    this.delivery = new Delivery({
      storage: options.storage,
      newId: options.newId,
      online: () => this.state.phase === "online",
      send: (frame) => this.line.send(frame),
      fault: () => this.line.fault(),
      changed: (outbox) => this.set({ outbox }),
    });
    this.state = {
      phase: "idle",
      log: emptyLog,
      outbox: this.delivery.outbox,
      history: 0,
      turnRunning: false,
      specialistTyping: false,
      notice: "",
      readUpTo: 0,
      uploading: "",
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
    this.set({ phase: "idle" });
    this.delivery.lost();
  }
  /** Tries at once instead of waiting out the pause. */
  wake(): void {
    this.line.wake();
  }
  /** Ends this browser's share in the conversation, as when the customer logs out of the site. */
  forgetEverything(): void {
    this.options.storage.clear();
    this.startAfresh();
  }

  say(text: string): void {
    this.dismiss();
    this.delivery.put({ kind: "message", text });
  }
  choose(choice: Choice): void {
    this.dismiss();
    this.delivery.put({ kind: "choose", text: choice.title, token: choice.token });
  }
  cancelQueue(): void {
    const way = this.state.log.leaveQueue;
    if (way) this.choose(way);
    else this.say(words.cancelQueue);
  }
  rate(seq: number, score: number): void {
    this.options.storage.markRated(this.conversation, seq, score);
    this.delivery.put({ kind: "rate", text: "", score });
  }
  /** Score already given for the rating request with this number, or 0. */
  rated(seq: number): number {
    return this.options.storage.rated(this.conversation, seq);
  }
  /** Sends a photo or document. Returns when the server has it or the customer knows why not. */
  async upload(file: File): Promise<void> {
    const refusal = file.size > LARGEST_FILE ? words.fileTooLarge : ACCEPTED_FILES.includes(file.type) ? "" : words.fileType;
    if (refusal || this.state.uploading) return this.set({ notice: refusal || words.oneFile });
    this.set({ uploading: file.name, notice: "" });
    const answer = await this.line.upload(file);
    this.set({ uploading: "" });
    if (typeof answer === "string") this.set({ notice: answer || words.uploadFailed });
    else this.delivery.put({ kind: "file", text: answer.name || file.name, file: answer.file });
  }
  /** Fetches a file of this conversation; null, and a word to the customer, when it cannot be had. */
  async download(file: string): Promise<Blob | null> {
    const content = await this.line.download(file);
    if (!content) this.set({ notice: words.fileFailed });
    return content;
  }
  retry(id: string): void {
    this.delivery.retry(id);
  }
  discard(id: string): void {
    this.delivery.discard(id);
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

  private onSession(session: Session): void {
    if (this.known && this.known !== session.conversation) this.forget();
    this.known = session.conversation;
    this.set({ readUpTo: this.options.storage.readUpTo(session.conversation) });
  }

  private startAfresh(): void {
    this.delivery.clear();
    this.line.forget();
    this.forget();
    this.set({ notice: "", phase: "connecting" });
    this.line.wake();
  }

  private forget(): void {
    this.greeted = false;
    this.set({ log: emptyLog, history: 0, readUpTo: 0, turnRunning: false, specialistTyping: false });
  }

  private onLost(): void {
    this.timers.clear();
    this.losses += 1;
    this.set({
      phase: this.greeted || this.losses > 1 ? "reconnecting" : "connecting",
      turnRunning: false,
      specialistTyping: false,
    });
    this.delivery.lost();
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
        this.delivery.acknowledged(frame.clientMsgId, frame.seq);
        this.delivery.shown(this.state.log);
        if (this.line.kind === "poll" && this.state.log.mode === "bot") this.turn(true);
        return;
      case "turn":
        return this.turn(frame.running);
      case "typing":
        this.set({ specialistTyping: true });
        return this.timers.after("typing", TYPING_SHOWN, () => this.set({ specialistTyping: false }));
      case "error": {
        const sentence = frame.message || (frame.code === "rate_limited" ? words.busy : words.trouble);
        if (!this.delivery.refused(frame.clientMsgId, frame.code, sentence)) this.set({ notice: sentence });
        return;
      }
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
      this.take(snapshot);
    }
    this.greeted = true;
    this.delivery.flush();
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

  private turn(running: boolean): void {
    this.timers.cancel("turn");
    this.set({ turnRunning: running });
    if (running) this.timers.after("turn", TURN_SHOWN, () => this.set({ turnRunning: false }));
  }

  private onOtherTab(change: StorageChange): void {
    switch (change.kind) {
      case "outgoing":
        return this.delivery.writtenElsewhere(change.item, this.state.log);
      case "gone":
        return this.delivery.goneElsewhere(change.id);
      case "session":
        if (!change.session) return this.startAfresh();
        if (change.session.token !== this.line.session?.token) this.line.use(change.session);
        return;
      case "read":
        return this.set({ readUpTo: this.options.storage.readUpTo(this.conversation) });
      case "rated":
      case "large":
        return this.changed(this.state);
    }
  }

  private show(log: Log): void {
    this.set({ log });
    this.delivery.shown(log);
  }

  private set(patch: Partial<ChatState>): void {
    this.state = { ...this.state, ...patch };
    this.changed(this.state);
  }
}
