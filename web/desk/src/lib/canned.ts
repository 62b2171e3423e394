/** Finding canned replies by title, words, pinyin or initials. */
import type { Canned } from "../api";

/** How well a reply fits what was typed; 0 when not at all. */
function fit(item: Canned, typed: string): number {
  if (item.title.startsWith(typed)) return 5;
  if (item.initials.startsWith(typed)) return 4;
  if (item.pinyin.startsWith(typed)) return 3;
  if (item.title.includes(typed) || item.initials.includes(typed) || item.pinyin.includes(typed)) return 2;
  return item.text.includes(typed) || item.group.includes(typed) ? 1 : 0;
}

/** Best first; all, in their own order, when nothing is typed. */
export function matching(items: readonly Canned[], text: string): Canned[] {
  const typed = text.replace(/[\s']/g, "").toLowerCase();
  if (!typed) return [...items];
  return items
    .map((item) => ({ item, score: fit(item, typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
