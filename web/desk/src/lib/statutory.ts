/** Deadlines in colour and words; from which days on they are warned of, then urged, the insurer's settings say. */
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

export type Stage = "calm" | "half" | "urgent" | "late";

export const STAGE_TONES: Record<Stage, Tone> = { calm: "green", half: "amber", urgent: "red", late: "red" };

/** How far a deadline has come: warned of from the first day of `warnOn` on, urged from the second. */
export function stageOf(dueOn: string, warnOn: readonly string[], now: number): Stage {
  if (daysUntil(dueOn, now) < 0) return "late";
  const passed = warnOn.filter((day) => daysUntil(day, now) <= 0).length;
  return passed > 1 ? "urgent" : passed === 1 ? "half" : "calm";
}

export function standOf(complaint: Complaint, now: number): Stand {
  const { clock, due_on } = complaint;
  const w = words.tickets.clock;
  const days = daysUntil(due_on, now);
  const gone = clock.paused_on ? -daysUntilFrom(clock.from, clock.paused_on) : clock.days - days;
  const share = Math.min(1, Math.max(0, gone / clock.days));
  if (clock.stopped) return { share, tone: "grey", word: w.stopped, left: "" };
  if (clock.paused_on) return { share, tone: "accent", word: w.paused, left: "" };
  const stage = stageOf(due_on, clock.warn_on, now);
  return { share, tone: STAGE_TONES[stage], word: w[stage], left: daysLeft(days).text };
}

const daysUntilFrom = (from: string, to: string): number => -daysUntil(to, Date.parse(from));
