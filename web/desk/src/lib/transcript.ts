/** The transcript of one conversation: merging live events, spotting gaps, grouping for display. */
import type { ConversationEvent } from "../api";
import { dayKey } from "./clock";

/** Numbered events by number; events without one (notes, suggestions) where their time puts them. */
export function orderedEvents(events: readonly ConversationEvent[]): ConversationEvent[] {
  const numbered = events.filter((e) => e.seq !== null).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const floating = events
    .filter((e) => e.seq === null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1));
  const result: ConversationEvent[] = [];
  for (const event of numbered) {
    while (floating[0] && Date.parse(floating[0].at) < Date.parse(event.at)) result.push(floating.shift()!);
    result.push(event);
  }
  return result.concat(floating);
}

/** Known events plus arriving ones; an event that comes again replaces the earlier copy (delivery may have changed). */
export function merged(known: readonly ConversationEvent[], arriving: readonly ConversationEvent[]): ConversationEvent[] {
  const byId = new Map(known.map((event) => [event.id, event]));
  for (const event of arriving) byId.set(event.id, event);
  return orderedEvents([...byId.values()]);
}

/** Whether events are missing between what is known and `arriving`. */
export function leavesGap(known: readonly ConversationEvent[], arriving: ConversationEvent): boolean {
  if (arriving.seq === null) return false;
  const last = Math.max(0, ...known.map((event) => event.seq ?? 0));
  return arriving.seq > last + 1;
}

export interface Line {
  event: ConversationEvent;
  /** The day this line opens, as a day key, or null. */
  newDay: string | null;
  /** Follows a line of the same speaker within three minutes: no second label. */
  joined: boolean;
}

const JOIN_WITHIN = 3 * 60 * 1000;

function sameSpeaker(a: ConversationEvent, b: ConversationEvent): boolean {
  return (
    a.kind === "message" &&
    b.kind === "message" &&
    a.origin === b.origin &&
    a.visibility === "public" &&
    b.visibility === "public" &&
    a.staff?.login === b.staff?.login &&
    Date.parse(b.at) - Date.parse(a.at) < JOIN_WITHIN
  );
}

export function lines(events: readonly ConversationEvent[]): Line[] {
  return events.map((event, index) => {
    const before = events[index - 1];
    const newDay = !before || dayKey(before.at) !== dayKey(event.at) ? dayKey(event.at) : null;
    return { event, newDay, joined: before !== undefined && newDay === null && sameSpeaker(before, event) };
  });
}

/** What the intents seen in this conversation are called. */
export function intentNames(events: readonly ConversationEvent[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { understood } of events) if (understood) names[understood.intent] = understood.intent_text;
  return names;
}
