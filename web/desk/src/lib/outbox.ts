/** Replies on their way: each keeps its client_msg_id until the desk has confirmed it, so that trying again cannot send it twice. */
import type { ConversationEvent, ReplyContent } from "../api";

export interface Outgoing extends ReplyContent {
  client_msg_id: string;
  at: string;
  /** The last event number known when it was written; its own event has a higher one. */
  after: number;
  state: "sending" | "failed";
  /** Why it failed, as a sentence. */
  problem: string | null;
}

export const lastSeq = (events: readonly ConversationEvent[]): number =>
  events.reduce((last, event) => Math.max(last, event.seq ?? 0), 0);

/** Replies that have not come back as events of `login`; matched by text and order, each event once. */
export function unseen(
  outgoing: readonly Outgoing[],
  events: readonly ConversationEvent[],
  login: string,
): Outgoing[] {
  const used = new Set<number>();
  return outgoing.filter((item) => {
    const own = events.find(
      (event) =>
        event.origin === "specialist" &&
        event.visibility === "public" &&
        event.staff?.login === login &&
        (event.seq ?? 0) > item.after &&
        event.text === item.text &&
        !used.has(event.id),
    );
    if (own) used.add(own.id);
    return own === undefined;
  });
}
