/** The scrolling transcript: rows are added, never rebuilt, so that a screen reader hears each once. */

import type { ChatState } from "../client";
import type { Outgoing } from "../outbox";
import type { Entry, MessageEntry } from "../protocol";
import { noteOf, speakerOf } from "../transcript";
import { words } from "../words";
import { h, icon, setText, show } from "./dom";
import { type MessageActions, choicesView, indicatorView, messageRow, outgoingRow, showFate } from "./message";
import { ratingView } from "./rating";
import { TIME_GAP, readableTime } from "./time";

export interface TranscriptActions extends MessageActions {
  rate(seq: number, score: number): void;
  rated(seq: number): number;
}

const NEAR_BOTTOM = 80;

export class Transcript {
  readonly element: HTMLElement;
  private readonly log = h("div", { class: "log", role: "log", "aria-label": words.transcript, "aria-live": "off", "aria-relevant": "additions" });
  private readonly indicator = indicatorView();
  private readonly scroller: HTMLElement;
  private readonly jump = h("button", { type: "button", class: "jump", hidden: true }, words.newMessages, icon("down"));
  private shown: readonly Entry[] = [];
  private readonly pending = new Map<string, HTMLElement>();
  private readonly numbers = new Map<number, string>();
  private readonly choices = new Map<MessageEntry, { view: HTMLElement; open: boolean }>();
  private readonly ratings = new Map<number, { view: HTMLElement; given: number }>();
  private stuck = true;
  private lastCustomer: HTMLElement | null = null;

  constructor(
    private readonly actions: TranscriptActions,
    before: HTMLElement,
    after: HTMLElement,
  ) {
    this.scroller = h("div", { class: "scroller", tabindex: 0 }, before, this.log, after, this.indicator);
    this.element = h("div", { class: "transcript" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    new ResizeObserver(() => this.stuck && this.toBottom()).observe(this.scroller);
    this.jump.addEventListener("click", () => this.toBottom());
  }

  update(state: ChatState, open: ReadonlySet<number>): void {
    const before = this.shown.length;
    if (state.log.entries[0] !== this.shown[0]) this.clear();
    const fresh = state.log.entries.slice(this.shown.length);
    const history = fresh.length > 0 && fresh.every((entry) => entry.seq <= state.history);
    this.log.setAttribute("aria-live", history || before === 0 ? "off" : "polite");
    for (const item of state.outbox) if (item.seq > 0) this.numbers.set(item.seq, item.id);
    for (const entry of fresh) this.append(entry);
    const own = this.showPending(state);
    this.showChoices(open);
    this.showRatings();
    this.showIndicator(state);
    this.showDelivered(state);
    if (this.stuck || own || history) this.toBottom();
    else if (fresh.some((entry) => entry.kind === "message")) show(this.jump, true);
    if (state.phase === "online") requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
  }

  toBottom(): void {
    this.stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    show(this.jump, false);
  }

  private onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.stuck) show(this.jump, false);
  }

  private clear(): void {
    this.log.replaceChildren();
    for (const part of [this.pending, this.numbers, this.choices, this.ratings]) part.clear();
    this.shown = [];
    this.lastCustomer = null;
  }

  private append(entry: Entry): void {
    const previous = this.shown.at(-1);
    this.shown = [...this.shown, entry];
    if (entry.kind === "message") return this.appendMessage(entry, previous);
    if (entry.kind === "rating_request") {
      const given = this.actions.rated(entry.seq);
      this.ratings.set(entry.seq, { view: this.add(this.rating(entry.seq, entry.text, given)), given });
      return;
    }
    const note = noteOf(entry);
    if (note) this.add(h("p", { class: "note" }, note));
  }

  private appendMessage(entry: MessageEntry, previous: Entry | undefined): void {
    const waiting = entry.origin === "customer" ? this.takePending(entry) : null;
    const timed = this.startsTime(entry);
    const named = timed || previous?.kind !== "message" || speakerOf(previous) !== speakerOf(entry);
    const view = messageRow(entry, named, this.actions);
    const when = timed ? h("div", { class: "when" }, readableTime(entry.at, new Date())) : null;
    if (waiting) {
      if (when) waiting.before(when);
      waiting.replaceChildren(...view.childNodes);
    } else {
      if (when) this.add(when);
      this.add(view);
    }
    if (entry.origin === "customer") this.lastCustomer = waiting ?? view;
    if (entry.choices.length > 0) {
      const choices = choicesView(entry, false, this.actions.choose);
      this.choices.set(entry, { view: choices, open: false });
      (waiting ?? view).append(choices);
    }
  }

  /** The row of this message, if it stands there already as one on its way. */
  private takePending(entry: MessageEntry): HTMLElement | null {
    const id = entry.clientMsgId ?? this.numbers.get(entry.seq);
    const view = id ? this.pending.get(id) : undefined;
    if (!id || !view) return null;
    this.pending.delete(id);
    const first = this.firstPending();
    if (first && first.compareDocumentPosition(view) & Node.DOCUMENT_POSITION_FOLLOWING) first.before(view);
    return view;
  }

  private startsTime(entry: MessageEntry): boolean {
    const last = this.shown
      .slice(0, -1)
      .filter((candidate) => candidate.kind === "message")
      .at(-1);
    const at = Date.parse(entry.at);
    return !Number.isNaN(at) && (!last || at - Date.parse(last.at) > TIME_GAP);
  }

  private firstPending(): HTMLElement | null {
    return this.pending.values().next().value ?? null;
  }

  /** Puts a row after what is settled and before what is still on its way. */
  private add(view: HTMLElement): HTMLElement {
    this.log.insertBefore(view, this.firstPending());
    return view;
  }

  /** True when a new row of the customer's own appeared. */
  private showPending(state: ChatState): boolean {
    const visible = state.outbox.filter((item) => item.content.kind !== "rate");
    let added = false;
    for (const [id, view] of this.pending) {
      if (visible.some((item) => item.id === id)) continue;
      view.remove();
      this.pending.delete(id);
    }
    for (const item of visible) {
      added = this.showOutgoing(item, state.phase === "online") || added;
    }
    return added;
  }

  private showOutgoing(item: Outgoing, online: boolean): boolean {
    let view = this.pending.get(item.id);
    const isNew = !view;
    if (!view) {
      const previous = this.shown.at(-1);
      const named = this.pending.size === 0 && !(previous?.kind === "message" && previous.origin === "customer");
      view = outgoingRow(item, named);
      this.log.append(view);
      this.pending.set(item.id, view);
    }
    showFate(view, item, false, online, this.actions);
    return isNew;
  }

  private showChoices(open: ReadonlySet<number>): void {
    for (const [entry, part] of this.choices) {
      const usable = open.has(entry.seq);
      if (usable === part.open) continue;
      const view = choicesView(entry, usable, this.actions.choose);
      part.view.replaceWith(view);
      this.choices.set(entry, { view, open: usable });
    }
  }

  private showRatings(): void {
    for (const [seq, part] of this.ratings) {
      const given = this.actions.rated(seq);
      if (given === part.given) continue;
      const view = this.rating(seq, "", given);
      part.view.replaceWith(view);
      this.ratings.set(seq, { view, given });
    }
  }

  private rating(seq: number, text: string, given: number): HTMLElement {
    return ratingView(seq, text, given, (score) => this.actions.rate(seq, score));
  }

  private showIndicator(state: ChatState): void {
    const text = state.specialistTyping ? words.specialistTyping : state.turnRunning ? words.thinking : "";
    show(this.indicator, text !== "");
    setText(this.indicator.lastElementChild as Element, text);
  }

  private showDelivered(state: ChatState): void {
    for (const view of this.log.querySelectorAll<HTMLElement>(".row.customer")) {
      if ([...this.pending.values()].includes(view)) continue;
      const last = state.log.entries.filter((entry) => entry.kind === "message").at(-1);
      showFate(view, null, view === this.lastCustomer && last?.origin === "customer", true, this.actions);
    }
  }
}
