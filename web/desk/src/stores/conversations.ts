/** The lists of conversations, live, with what is new for this specialist. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { ListName, Summary } from "../api";
import { clockOffset } from "../lib/clock";
import { emptyLists, find, listsOf, withSummary, type Lists } from "../lib/lists";
import { correct } from "../lib/now";
import { recall, remember } from "../lib/storage";
import { useSession } from "./session";

const SEEN_KEPT = 300;

export const useConversations = defineStore("conversations", () => {
  const session = useSession();
  const lists = shallowRef<Lists>(emptyLists());
  const active = ref<ListName>("queued");
  const loaded = ref(false);
  const seen = ref<Record<string, number>>(recall("seen", {}));

  const shown = computed(() => lists.value[active.value]);
  const waiting = computed(() => lists.value.queued.length);
  /** Those in the hands of people: mine and the colleagues'. */
  const served = computed(() => [...lists.value.mine, ...lists.value.others]);

  const login = () => session.staff?.login ?? "";

  function keepTime(items: readonly Summary[]): void {
    for (const { queued_at, waiting_seconds, mode } of items) {
      if (mode === "queued" && queued_at && waiting_seconds) {
        correct(clockOffset(queued_at, waiting_seconds, Date.now()));
        return;
      }
    }
  }

  function replace(items: readonly Summary[]): void {
    keepTime(items);
    lists.value = listsOf(items, login());
    loaded.value = true;
  }

  /** Takes in one live summary; true when it has just joined the queue. */
  function apply(item: Summary): boolean {
    keepTime([item]);
    const before = find(lists.value, item.id);
    lists.value = withSummary(lists.value, item, login());
    const after = find(lists.value, item.id);
    return loaded.value && after?.mode === "queued" && before?.mode !== "queued";
  }

  function markSeen(id: string, seq: number): void {
    if ((seen.value[id] ?? 0) >= seq) return;
    const { [id]: _, ...others } = seen.value;
    seen.value = Object.fromEntries([...Object.entries(others), [id, seq]].slice(-SEEN_KEPT)) as Record<string, number>;
    remember("seen", seen.value);
  }

  const unread = (item: Summary) => item.last_seq > (seen.value[item.id] ?? 0);
  const unreadMine = computed(() => lists.value.mine.filter(unread).length);

  function reset(): void {
    lists.value = emptyLists();
    loaded.value = false;
    active.value = "queued";
  }

  return { lists, active, loaded, shown, waiting, served, unreadMine, replace, apply, markSeen, unread, reset };
});
