/** The four lists of conversations: which one a conversation belongs to, its place there, and live changes. */
import type { ListName, Summary } from "../api";

/** `others`, what colleagues hold, is not shown; it is kept so that a late summary cannot bring such a conversation back. */
export type Place = ListName | "others";
export type Lists = Record<Place, Summary[]>;

export const LIST_NAMES: readonly ListName[] = ["queued", "mine", "bot", "closed"];
const PLACES: readonly Place[] = [...LIST_NAMES, "others"];

export const emptyLists = (): Lists => ({ queued: [], mine: [], bot: [], closed: [], others: [] });

/** Where `item` stands for the specialist `login`. */
export function placeOf(item: Summary, login: string): Place {
  if (item.mode !== "human") return item.mode;
  return item.assignee?.login === login ? "mine" : "others";
}

const time = (at: string | null) => (at === null ? 0 : Date.parse(at));

/** Waiting: most urgent first, then longest waiting. Elsewhere: latest word first. The id decides ties, so that nothing jumps. */
export function compare(list: Place, a: Summary, b: Summary): number {
  const order =
    list === "queued"
      ? b.priority - a.priority || time(a.queued_at) - time(b.queued_at)
      : time(b.last_at) - time(a.last_at);
  return order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export const ordered = (list: Place, items: readonly Summary[]): Summary[] =>
  [...items].sort((a, b) => compare(list, a, b));

/** Whether `next` tells more than `known`: a later mode, or further in the same one. */
export function isNewer(next: Summary, known: Summary): boolean {
  if (next.epoch !== known.epoch) return next.epoch > known.epoch;
  return next.last_seq >= known.last_seq;
}

export function find(lists: Lists, id: string): Summary | undefined {
  for (const name of PLACES) {
    const found = lists[name].find((item) => item.id === id);
    if (found) return found;
  }
  return undefined;
}

/** The lists after one live summary. Late and repeated summaries change nothing. */
export function withSummary(lists: Lists, item: Summary, login: string): Lists {
  const known = find(lists, item.id);
  if (known && !isNewer(item, known)) return lists;
  const target = placeOf(item, login);
  const next = emptyLists();
  for (const name of PLACES) {
    const others = lists[name].filter(({ id }) => id !== item.id);
    next[name] = name === target ? ordered(name, [...others, item]) : others;
  }
  return next;
}

/** The lists that a snapshot of the desk makes. */
export function listsOf(items: readonly Summary[], login: string): Lists {
  const lists = emptyLists();
  for (const item of items) lists[placeOf(item, login)].push(item);
  for (const name of PLACES) lists[name] = ordered(name, lists[name]);
  return lists;
}

/** The neighbour of `id` in a list, `step` places on; the ends hold, an unknown id starts at the top. */
export function neighbour(items: readonly Summary[], id: string | null, step: 1 | -1): Summary | undefined {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) return items[0];
  return items[Math.min(items.length - 1, Math.max(0, at + step))];
}
