const FIRST = 500;
const LONGEST = 30_000;

/** Milliseconds before reconnect attempt `attempt` (from 0): doubling, capped, spread so that clients do not come back together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
