/** Lists of cases: which to show, in which order, and how urgent they are together. */
import type { Stage } from "./statutory";

interface Case {
  number: string;
  open: boolean;
}

/** Case-insensitive search over the given texts of a case. */
export function matches(texts: readonly (string | null)[], search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** Open cases first, the nearest deadline first; a case without one after those with one, newest number first. */
export function byUrgency<T extends Case>(items: readonly T[], days: (item: T) => number | null): T[] {
  const rank = (item: T) => (item.open ? 0 : 1);
  const left = (item: T) => days(item) ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort(
    (a, b) => rank(a) - rank(b) || (rank(a) === 0 ? left(a) - left(b) : 0) || (a.number < b.number ? 1 : -1),
  );
}

/** How many open cases are past their deadline, and how many are urged. */
export function pressing<T extends Case>(items: readonly T[], stage: (item: T) => Stage) {
  const stages = items.filter(({ open }) => open).map(stage);
  return {
    overdue: stages.filter((one) => one === "late").length,
    soon: stages.filter((one) => one === "urgent").length,
  };
}
