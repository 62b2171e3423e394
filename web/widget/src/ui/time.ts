/** Times as a customer reads them, in the browser's own zone. */

const two = (value: number) => String(value).padStart(2, "0");
const clock = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;
const day = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
const DAY = 86_400_000;

/** Rows closer together than this share one time line (milliseconds). */
export const TIME_GAP = 5 * 60_000;

/** "10:32" today, "昨天 10:32", "11月20日 10:32", with the year when it is not this one; "" for no time. */
export function readableTime(iso: string, now: Date): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const days = Math.round((day(now) - day(at)) / DAY);
  if (days === 0) return clock(at);
  if (days === 1) return `昨天 ${clock(at)}`;
  const year = at.getFullYear() === now.getFullYear() ? "" : `${at.getFullYear()}年`;
  return `${year}${at.getMonth() + 1}月${at.getDate()}日 ${clock(at)}`;
}

/** "2026-11-22" for file names. */
export const dateStamp = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** "2026年11月22日 10:32", the full form for a saved transcript. */
export function fullTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ${clock(at)}`;
}
