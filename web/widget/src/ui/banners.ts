/** What stands above the transcript: the line, the waiting queue, and what went wrong. */

import type { ChatState } from "../client";
import { words } from "../words";
import { h, icon, setText, show } from "./dom";

export interface BannerActions {
  wake(): void;
  cancelQueue(): void;
  dismiss(): void;
}

/** A break shorter than this is not worth a word (milliseconds). */
const QUIET = 1_200;
const SAY_BACK = 2_500;

type LineState = "fine" | "connecting" | "soon" | "down" | "back";

export class Banners {
  readonly element: HTMLElement;
  private readonly lineText = h("span", {});
  private readonly wake = h("button", { type: "button", class: "link" }, words.reconnectNow);
  private readonly line = h("div", { class: "banner line", hidden: true }, this.lineText, this.wake);
  private readonly queueText = h("span", {});
  private readonly queue: HTMLElement;
  private readonly uploadText = h("span", {});
  private readonly upload = h("div", { class: "banner line", "data-state": "connecting", hidden: true }, this.uploadText);
  private readonly noticeText = h("span", {});
  private readonly notice: HTMLElement;
  private lineState: LineState = "fine";
  private downText = "";
  private canWake = true;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: BannerActions) {
    this.wake.addEventListener("click", actions.wake);
    this.queue = h(
      "div",
      { class: "banner queue", hidden: true },
      this.queueText,
      h("button", { type: "button", class: "link", onclick: actions.cancelQueue }, words.cancelQueue),
    );
    this.notice = h(
      "div",
      { class: "banner notice", hidden: true },
      this.noticeText,
      h("button", { type: "button", class: "tool square", "aria-label": words.dismiss, onclick: actions.dismiss }, icon("close")),
    );
    this.element = h(
      "div",
      { class: "banners" },
      h("div", { role: "status" }, this.line),
      this.queue,
      h("div", { role: "status" }, this.upload),
      h("div", { role: "alert" }, this.notice),
    );
  }

  update(state: ChatState, offline: boolean): void {
    this.showLine(state, offline);
    const { mode, position } = state.log;
    show(this.queue, mode === "queued");
    setText(this.queueText, words.queue(position));
    show(this.upload, state.uploading !== "");
    setText(this.uploadText, state.uploading ? words.uploading(state.uploading) : "");
    show(this.notice, state.notice !== "");
    setText(this.noticeText, state.notice);
  }

  private showLine(state: ChatState, offline: boolean): void {
    const down = state.phase === "reconnecting";
    this.canWake = !offline;
    this.downText = offline ? words.offline : words.reconnecting;
    if (state.phase === "connecting") return this.turnTo("connecting");
    if (down) return this.turnTo(this.lineState === "down" || this.lineState === "soon" ? this.lineState : "soon");
    if (this.lineState === "down") return this.turnTo("back");
    if (this.lineState !== "back") this.turnTo("fine");
  }

  private turnTo(next: LineState): void {
    if (next !== this.lineState) {
      clearTimeout(this.timer);
      if (next === "soon") this.timer = setTimeout(() => this.turnTo("down"), QUIET);
      if (next === "back") this.timer = setTimeout(() => this.turnTo("fine"), SAY_BACK);
    }
    this.lineState = next;
    const texts = { fine: "", soon: "", connecting: words.connecting, down: this.downText, back: words.reconnected };
    this.line.dataset.state = next;
    show(this.line, texts[next] !== "");
    show(this.wake, next === "down" && this.canWake);
    setText(this.lineText, texts[next]);
  }
}
