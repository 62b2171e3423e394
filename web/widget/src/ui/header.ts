/** Who the customer is talking to, and what is always one tap away. */

import type { ChatState } from "../client";
import { words } from "../words";
import { h, icon, setText, show } from "./dom";

export interface HeaderActions {
  human(): void;
  large(): void;
  save(): void;
  privacy(): void;
  close(): void;
}

export class Header {
  readonly element: HTMLElement;
  private readonly status = h("div", { class: "status", role: "status" });
  private readonly human: HTMLButtonElement;
  private readonly large: HTMLButtonElement;
  private readonly more: HTMLButtonElement;
  private readonly menu: HTMLElement;

  constructor(name: string, actions: HeaderActions) {
    this.human = h("button", { type: "button", class: "human", onclick: actions.human }, icon("person"), words.human);
    this.large = h("button", { type: "button", class: "tool", "aria-pressed": "false", onclick: actions.large }, words.large);
    this.more = h("button", { type: "button", class: "tool square dotted", "aria-expanded": "false", "aria-controls": "menu", "aria-label": words.more }, icon("more"));
    const item = (label: string, symbol: "save" | "shield", work: () => void) => {
      const choose = () => {
        this.closeMenu();
        work();
      };
      return h("button", { type: "button", class: "menu-item", onclick: choose }, icon(symbol), label);
    };
    this.menu = h(
      "div",
      { class: "menu", id: "menu", hidden: true },
      item(words.saveTranscript, "save", actions.save),
      item(words.privacy, "shield", actions.privacy),
    );
    this.more.addEventListener("click", () => this.toggleMenu());
    this.element = h(
      "header",
      { class: "header" },
      h("div", { class: "names" }, h("h2", { id: "title", class: "title" }, name), this.status),
      this.human,
      this.large,
      this.more,
      h("button", { type: "button", class: "tool square", "aria-label": words.close, onclick: actions.close }, icon("close")),
      this.menu,
    );
    this.element.addEventListener("focusout", (event) => {
      if (!this.menu.hidden && event.relatedTarget instanceof Node && !this.element.contains(event.relatedTarget)) this.toggleMenu();
    });
  }

  update(state: ChatState, large: boolean): void {
    const { mode, specialist } = state.log;
    const text = { bot: words.statusBot, queued: words.statusQueued, human: words.specialist(specialist), closed: words.statusClosed };
    setText(this.status, text[mode]);
    show(this.human, mode === "bot" || mode === "closed");
    this.large.setAttribute("aria-pressed", String(large));
  }

  /** True when there was a menu to close. */
  closeMenu(): boolean {
    if (this.menu.hidden) return false;
    this.toggleMenu();
    this.more.focus();
    return true;
  }

  private toggleMenu(): void {
    const open = this.menu.hidden;
    show(this.menu, open);
    this.more.setAttribute("aria-expanded", String(open));
  }
}
