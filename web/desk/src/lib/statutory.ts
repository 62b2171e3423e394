/** The statutory clock of a complaint in colour and words: half gone is a warning, four fifths is urgent. */
import type { Complaint } from "../api";
import { words } from "../words";
import { daysLeft, daysUntil } from "./clock";
import type { Tone } from "./reasons";

export interface Stand {
  /** Share of the time that is gone, 0 to 1. */
  share: number;
  tone: Tone;
  word: string;
  left: string;
}

const HALF = 0.5;
const URGENT = 0.8;

export function standOf(complaint: Complaint, now: number): Stand {
  const { clock, due_on } = complaint;
  const w = words.tickets.clock;
  const days = daysUntil(due_on, now);
  const gone = clock.paused_on ? -daysUntilFrom(clock.from, clock.paused_on) : clock.days - days;
  const share = Math.min(1, Math.max(0, gone / clock.days));
  if (clock.stopped) return { share, tone: "grey", word: w.stopped, left: "" };
  if (clock.paused_on) return { share, tone: "accent", word: w.paused, left: "" };
  const left = daysLeft(days).text;
  if (days < 0) return { share: 1, tone: "red", word: w.late, left };
  if (share >= URGENT) return { share, tone: "red", word: w.urgent, left };
  if (share >= HALF) return { share, tone: "amber", word: w.half, left };
  return { share, tone: "green", word: w.calm, left };
}

const daysUntilFrom = (from: string, to: string): number => -daysUntil(to, Date.parse(from));
