/** The rows of the transcript. */

import type { Outgoing } from "../outbox";
import type { Attachment, Choice, MessageEntry } from "../protocol";
import { speakerOf, withoutSources } from "../transcript";
import { words } from "../words";
import { type ClauseReader, citationView } from "./citation";
import { h, icon } from "./dom";
import { textNodes } from "./text";

export interface MessageActions {
  choose(choice: Choice): void;
  openFile(file: Attachment): void;
  retry(id: string): void;
  discard(id: string): void;
  readonly readClause: ClauseReader;
}

/** `named` shows who speaks; without it the name is there for screen readers only. */
function row(origin: string, who: string, named: boolean, ...content: (Node | null)[]): HTMLElement {
  const name = named ? h("div", { class: "who" }, who) : h("span", { class: "unseen" }, words.says(who));
  return h("div", { class: `row ${origin}` }, name, ...content);
}

export function messageRow(entry: MessageEntry, named: boolean, actions: MessageActions): HTMLElement {
  const files = entry.files.map((file) =>
    h("button", { type: "button", class: "file", onclick: () => actions.openFile(file) }, icon("clip"), words.file(file.name, file.size)),
  );
  // The server's text of a file message only repeats the name.
  const text = entry.files.length > 0 && entry.origin === "customer" ? "" : withoutSources(entry);
  const bubble = text || files.length > 0 ? h("div", { class: "bubble" }, ...textNodes(text), ...files) : null;
  const citations = entry.citations.map((citation) => citationView(citation, actions.readClause));
  return row(
    entry.origin,
    speakerOf(entry),
    named,
    bubble,
    citations.length > 0 ? h("div", { class: "citations" }, ...citations) : null,
    entry.origin === "customer" ? h("div", { class: "fate" }) : null,
  );
}

/** Buttons while they can be used; afterwards the same words as text. */
export function choicesView(entry: MessageEntry, open: boolean, choose: (choice: Choice) => void): HTMLElement {
  const usable = open ? entry.choices.filter((choice) => choice.token !== "") : [];
  if (usable.length === 0)
    return h("div", { class: "choices used" }, words.options(entry.choices.map((choice) => choice.title)));
  return h(
    "div",
    { class: "choices" },
    ...usable.map((choice) => h("button", { type: "button", class: "choice", onclick: () => choose(choice) }, choice.title)),
  );
}

export function outgoingRow(item: Outgoing, named: boolean): HTMLElement {
  const text = item.content.kind === "file" ? words.file(item.content.text, 0) : item.content.text;
  return row("customer", words.you, named, h("div", { class: "bubble" }, ...textNodes(text)), h("div", { class: "fate" }));
}

/** What became of the customer's own message; rebuilt only when it changed. */
export function showFate(target: HTMLElement, item: Outgoing | null, delivered: boolean, online: boolean, actions: MessageActions): void {
  const fate = target.querySelector<HTMLElement>(".fate");
  if (!fate) return;
  const state = item?.state ?? (delivered ? "delivered" : "");
  const key = `${state}|${item?.reason ?? ""}|${online}`;
  if (fate.dataset.key === key) return;
  fate.dataset.key = key;
  target.classList.toggle("failed", state === "failed");
  if (item && state === "failed") {
    fate.replaceChildren(
      h("span", { class: "fate-reason" }, `${words.failed}：${item.reason}`),
      h(
        "span",
        { class: "fate-actions" },
        h("button", { type: "button", class: "link", onclick: () => actions.retry(item.id) }, words.retry),
        h("button", { type: "button", class: "link quiet", onclick: () => actions.discard(item.id) }, words.discard),
      ),
    );
    return;
  }
  fate.replaceChildren(fateText(state, online));
}

function fateText(state: Outgoing["state"] | "delivered" | "", online: boolean): string {
  if (state === "") return "";
  if (state === "postponed") return words.postponed;
  if (state === "waiting" || state === "sending") return online ? words.sending : words.waiting;
  return words.sent;
}

export function indicatorView(): HTMLElement {
  const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h("div", { class: "indicator", hidden: true }, dots, h("span", { class: "indicator-text" }));
}

export function startersView(texts: readonly string[], say: (text: string) => void): HTMLElement {
  return h(
    "div",
    { class: "starters" },
    h("div", { class: "starters-title" }, words.startersTitle),
    h(
      "div",
      { class: "choices" },
      ...texts.map((text) => h("button", { type: "button", class: "choice", onclick: () => say(text) }, text)),
    ),
  );
}

export function privacyView(href: string | null): HTMLElement {
  const more = href
    ? h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, words.privacyLink, h("span", { class: "unseen" }, words.opensElsewhere))
    : null;
  return h(
    "section",
    { class: "privacy", tabindex: -1, "aria-label": words.privacyTitle },
    h("h3", {}, icon("shield"), words.privacyTitle),
    h("ul", {}, ...words.privacyBody.map((line) => h("li", {}, line))),
    more,
  );
}
