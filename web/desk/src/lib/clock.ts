/** Times as a specialist reads them: Shanghai calendar, durations in words, deadlines with what is left. */
import { words } from "../words";

const ZONE = "Asia/Shanghai";
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Pace = "calm" | "long" | "late";

/** Seconds after which a waiting customer is marked 久等 and 过久. */
export const LONG_WAIT = 2 * MINUTE;
export const LATE_WAIT = 5 * MINUTE;

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hourCycle: "h23", ...options });
const timeFormat = format({ hour: "2-digit", minute: "2-digit" });
const dayKeyFormat = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

/** Milliseconds the server's clock is ahead of ours, seen in a queued summary that has just arrived. */
export function clockOffset(queuedAt: string, waitingSeconds: number, now: number): number {
  return Date.parse(queuedAt) + waitingSeconds * 1000 - now;
}

/** Whole seconds since `since`; never negative, whatever the clocks say. */
export function secondsSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
}

export function paceOf(seconds: number): Pace {
  if (seconds >= LATE_WAIT) return "late";
  return seconds >= LONG_WAIT ? "long" : "calm";
}

/** 45秒 · 3分20秒 · 1小时05分 · 2天3小时 */
export function duration(seconds: number): string {
  const w = words.time;
  if (seconds < MINUTE) return `${seconds}${w.second}`;
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}${w.minute}${two(seconds % MINUTE)}${w.second}`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}${w.hour}${two(Math.floor((seconds % HOUR) / MINUTE))}${w.minute}`;
  return `${Math.floor(seconds / DAY)}${w.day}${Math.floor((seconds % DAY) / HOUR)}${w.hour}`;
}

/** As `duration`, without seconds: 45分 · 1小时05分 · 2天3小时 */
export const roughly = (seconds: number): string =>
  seconds < HOUR ? `${Math.floor(seconds / MINUTE)}${words.time.minute}` : duration(seconds);

/** 刚刚 · 5分钟前 · 3小时前, then the day. */
export function ago(at: string, now: number): string {
  const seconds = secondsSince(at, now);
  if (seconds < MINUTE) return words.time.justNow;
  if (seconds < HOUR) return words.time.minutesAgo(Math.floor(seconds / MINUTE));
  if (dayKey(at) === dayKey(now)) return timeOf(at);
  return dayOf(at, now);
}

export const timeOf = (at: string | number): string => timeFormat.format(new Date(at));

/** 2026-11-22 in Shanghai. */
export const dayKey = (at: string | number): string => dayKeyFormat.format(new Date(at));

/** 今天 · 昨天 · 11月20日 · 2025年11月20日 */
export function dayOf(at: string | number, now: number): string {
  const key = dayKey(at);
  if (key === dayKey(now)) return words.time.today;
  if (key === dayKey(now - DAY * 1000)) return words.time.yesterday;
  return dateWords(key, key.slice(0, 4) === dayKey(now).slice(0, 4));
}

/** A calendar date (YYYY-MM-DD, no zone) or an instant, as 2026年11月22日. */
export function dateWords(value: string, withoutYear = false): string {
  const key = value.length === 10 ? value : dayKey(value);
  const [year, month, day] = key.split("-").map(Number);
  return words.time.date(withoutYear ? null : (year ?? 0), month ?? 0, day ?? 0);
}

/** Calendar days in Shanghai from today to `date`; negative when it has passed. */
export function daysUntil(date: string, now: number): number {
  return Math.round((Date.parse(date) - Date.parse(dayKey(now))) / (DAY * 1000));
}

/** A moment `hours` after `now`, on the full hour. */
export const hoursAhead = (now: number, hours: number): number => Math.ceil(now / HOUR / 1000 + hours) * HOUR * 1000;

/** A moment as a datetime-local field takes it, in Shanghai: 2026-11-22T18:00. */
export const inputMoment = (at: number): string => `${dayKey(at)}T${timeOf(at)}`;

export type Urgency = "done" | "calm" | "soon" | "late";

export interface Left {
  text: string;
  urgency: Urgency;
}

/** What is left of a deadline: 剩12天 (calm), 剩3天 / 今天到期 (soon), 已超2天 (late). */
export function daysLeft(days: number | null): Left {
  if (days === null) return { text: words.time.noDue, urgency: "done" };
  if (days < 0) return { text: words.time.overdue(-days), urgency: "late" };
  if (days === 0) return { text: words.time.dueToday, urgency: "soon" };
  return { text: words.time.daysLeft(days), urgency: days <= 3 ? "soon" : "calm" };
}
