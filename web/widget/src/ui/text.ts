/** Message text as nodes: line breaks stay, web addresses become links that show where they lead. */

import { words } from "../words";
import { h } from "./dom";

export interface Segment {
  readonly text: string;
  /** Address to open, only http or https; null for plain text. */
  readonly href: string | null;
}

const ADDRESS = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const TRAILING = /[.,;:!?'")\]]+$/;

export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const raw = match[0].replace(TRAILING, "");
    const href = safeHref(raw);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: raw, href });
    from = match.index + raw.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

/** The address if it is http or https without a user name in it, else null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    const allowed = url.protocol === "https:" || url.protocol === "http:";
    return allowed && url.hostname && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

export function textNodes(text: string): Node[] {
  return segments(text).flatMap((segment) => (segment.href ? [link(segment.text, segment.href)] : plain(segment.text)));
}

/** Telephone numbers and dates with hyphens stay on one line. */
function plain(text: string): Node[] {
  return text
    .split(/(\d+(?:-\d+)+)/)
    .filter(Boolean)
    .map((part) => (/^\d+-/.test(part) ? h("span", { class: "together" }, part) : document.createTextNode(part)));
}

export function link(label: string, href: string): HTMLAnchorElement {
  return h(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer nofollow" },
    label,
    h("span", { class: "unseen" }, words.opensElsewhere),
  );
}
