/** What one browser remembers: drafts, replies on their way, choices. A full or forbidden store is never an error. */

const PREFIX = "baodan-desk:";

export function remember(key: string, value: unknown): void {
  try {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) {
      localStorage.removeItem(PREFIX + key);
    } else {
      localStorage.setItem(PREFIX + key, JSON.stringify(value));
    }
  } catch {
    return;
  }
}

export function recall<T>(key: string, otherwise: T): T {
  try {
    const stored = localStorage.getItem(PREFIX + key);
    return stored === null ? otherwise : (JSON.parse(stored) as T);
  } catch {
    return otherwise;
  }
}

/** Drops what the conversations of a past log-in left behind: drafts may quote customers. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`${PREFIX}draft:`) || key.startsWith(`${PREFIX}outbox:`)) localStorage.removeItem(key);
    }
  } catch {
    return;
  }
}
