/** The four lists, live, with what is new for this specialist. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { api, type ListName, type Summary } from "../api";
import { clockOffset } from "../lib/clock";
import { emptyLists, find, LIST_NAMES, snapshot, withSummary, type Lists } from "../lib/lists";
import { correct } from "../lib/now";
import { recall, remember } from "../lib/storage";
import { useSession } from "./session";

const SEEN_KEPT = 300;

export const useConversations = defineStore("conversations", () => {
  const session = useSession();
  const lists = ref<Lists>(emptyLists());
  const active = ref<ListName>("queued");
  const loaded = ref(false);
  const failed = ref(false);
  const seen = ref<Record<string, number>>(recall("seen", {}));
  let reading = 0;
  let arrivedMeanwhile: Summary[] = [];

  const shown = computed(() => lists.value[active.value]);
  const waiting = computed(() => lists.value.queued.length);

  const login = () => session.staff?.login ?? "";

  function keepTime(items: readonly Summary[]): void {
    for (const { queued_at, waiting_seconds, mode } of items) {
      if (mode === "queued" && queued_at && waiting_seconds) {
        correct(clockOffset(queued_at, waiting_seconds, Date.now()));
        return;
      }
    }
  }

  async function load(): Promise<void> {
    const mine = ++reading;
    arrivedMeanwhile = [];
    try {
      const answers = await Promise.all(LIST_NAMES.map((name) => api.conversations(name)));
      if (mine !== reading) return;
      const read = emptyLists();
      LIST_NAMES.forEach((name, index) => (read[name] = answers[index]?.items ?? []));
      keepTime(read.queued);
      lists.value = snapshot(read, arrivedMeanwhile, login());
      loaded.value = true;
      failed.value = false;
    } catch {
      if (mine === reading) failed.value = true;
    }
  }

  /** Takes in one live summary; true when it has just joined the queue. */
  function apply(item: Summary): boolean {
    arrivedMeanwhile.push(item);
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
    reading++;
    lists.value = emptyLists();
    loaded.value = false;
    failed.value = false;
    active.value = "queued";
  }

  return { lists, active, loaded, failed, shown, waiting, unreadMine, load, apply, markSeen, unread, reset };
});
