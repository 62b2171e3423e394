/** The clause behind an answer, opened in place. */

import type { Citation } from "../protocol";
import { words } from "../words";
import { h, icon, show } from "./dom";
import { textNodes } from "./text";

/** The clause's own words; rejects when it cannot be had. */
export type ClauseReader = (citation: Citation) => Promise<string>;

export function citationView(citation: Citation, read: ClauseReader): HTMLElement {
  const title = words.clauseOf(citation.title, citation.clause);
  const body = h("div", { class: "clause-text" });
  const version = citation.version ? h("div", { class: "clause-version" }, words.clauseVersion(citation.version)) : null;
  const panel = h("div", { class: "clause", role: "region", "aria-label": title, "aria-live": "off" }, body, version);
  const label = h("span", {}, title);
  const button = h("button", { type: "button", class: "cite", "aria-expanded": "false" }, icon("clause"), label, icon("down"));
  let loaded = false;
  show(panel, false);

  async function load(): Promise<void> {
    body.replaceChildren(words.clauseLoading);
    try {
      body.replaceChildren(...textNodes(await read(citation)));
      loaded = true;
    } catch {
      body.replaceChildren(words.clauseFailed);
    }
  }
  button.addEventListener("click", () => {
    const open = panel.hidden;
    show(panel, open);
    button.setAttribute("aria-expanded", String(open));
    if (open && !loaded) void load().then(() => panel.scrollIntoView({ block: "nearest" }));
  });
  return h("div", { class: "citation" }, button, panel);
}

/** Reads clauses over HTTP and keeps them. */
export function clauseReader(server: string): ClauseReader {
  const kept = new Map<string, string>();
  return async (citation) => {
    const query = new URLSearchParams({ title: citation.title, clause: citation.clause, version: citation.version }).toString();
    const known = kept.get(query);
    if (known !== undefined) return known;
    const response = await fetch(`${server}/api/chat/clauses?${query}`);
    const answer = response.ok ? ((await response.json()) as { body?: unknown; text?: unknown }) : {};
    const text = typeof answer.body === "string" ? answer.body : answer.text;
    if (typeof text !== "string" || !text) throw new Error(`clause: status ${response.status}`);
    kept.set(query, text);
    return text;
  };
}
