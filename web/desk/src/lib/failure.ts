/** A failed call as one sentence: the desk's own if it sent one, else ours for the code. */
import { ApiError, Unreachable } from "../api";
import { words } from "../words";

export function sentence(error: unknown): string {
  if (error instanceof Unreachable) return words.failures.unreachable;
  if (error instanceof ApiError) {
    if (error.message) return error.message;
    const known: Record<string, string> = words.failures;
    return known[error.code] ?? (error.status === 403 ? words.failures.forbidden : words.failures.other);
  }
  return words.failures.other;
}

export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409;
