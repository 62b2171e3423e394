/** Where the customer writes. */

import { ACCEPTED_FILES } from "../client";
import { words } from "../words";
import { h, icon, setText, show } from "./dom";

export const LIMIT = 2000;
const COUNTER_FROM = LIMIT - 200;

/** Characters as the server counts them (code points). */
export const lengthOf = (text: string): number => [...text].length;

export interface ComposerActions {
  upload(file: File): void;
  say(text: string): void;
  typing(): void;
}

export class Composer {
  readonly element: HTMLFormElement;
  private readonly input = h("textarea", {
    rows: 1,
    placeholder: words.placeholder,
    "aria-label": words.inputLabel,
    "aria-describedby": "counter",
    enterkeyhint: "send",
    autocomplete: "off",
  });
  private readonly counter = h("div", { class: "counter", id: "counter", role: "status", hidden: true });
  private readonly send = h("button", { type: "submit", class: "send", "aria-disabled": "true" }, words.send);

  constructor(
    private readonly actions: ComposerActions,
    private readonly draftKey: string,
  ) {
    const picker = h("input", { type: "file", accept: ACCEPTED_FILES.join(","), hidden: true });
    const attach = h("button", { type: "button", class: "attach", "aria-label": words.attach, title: words.attach }, icon("clip"), picker);
    attach.addEventListener("click", () => picker.click());
    picker.addEventListener("click", (event) => event.stopPropagation());
    picker.addEventListener("change", () => {
      this.uploadFirst(picker.files);
      picker.value = "";
    });
    this.input.addEventListener("paste", (event) => {
      if (this.uploadFirst(event.clipboardData?.files)) event.preventDefault();
    });
    this.element = h("form", { class: "composer" }, this.counter, h("div", { class: "composer-row" }, attach, this.input, this.send));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => {
      this.review();
      if (this.input.value) actions.typing();
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.value = readDraft(draftKey);
    this.review();
  }

  focus(): void {
    this.input.focus({ preventScroll: true });
  }
  /** Puts words in for the customer to send or change. */
  fill(text: string): void {
    this.input.value = text;
    this.review();
  }

  /** Grows with the text, as far as the style sheet allows. */
  resize(): void {
    const { style } = this.input;
    style.height = "auto";
    style.height = `${this.input.scrollHeight + this.input.offsetHeight - this.input.clientHeight}px`;
  }

  private uploadFirst(files: FileList | null | undefined): boolean {
    const file = files?.[0];
    if (file) this.actions.upload(file);
    return file !== undefined;
  }

  private onKey(event: KeyboardEvent): void {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (!text || lengthOf(text) > LIMIT) return;
    this.actions.say(text);
    this.fill("");
    this.focus();
  }

  private review(): void {
    const length = lengthOf(this.input.value.trim());
    const over = length - LIMIT;
    show(this.counter, length >= COUNTER_FROM);
    this.counter.classList.toggle("over", over > 0);
    setText(this.counter, length < COUNTER_FROM ? "" : over > 0 ? words.tooLong(LIMIT, over) : words.left(-over));
    this.input.setAttribute("aria-invalid", String(over > 0));
    this.send.setAttribute("aria-disabled", String(length === 0 || over > 0));
    this.resize();
    writeDraft(this.draftKey, this.input.value);
  }
}

function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
function writeDraft(key: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {
    return;
  }
}
