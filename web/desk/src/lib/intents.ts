/** The intents, read once for a page: they change only with a release. */

export interface Intent {
  intent: string;
  text: string;
}

let known: Promise<Intent[]> | null = null;

export function intentsOnce(read: () => Promise<{ items: Intent[] }>): Promise<Intent[]> {
  known ??= read().then(({ items }) => items);
  known.catch(() => (known = null));
  return known;
}
