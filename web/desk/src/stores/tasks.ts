/** Open tasks, kept live; one that has ended leaves the list. */
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { api, type Task } from "../api";

export const useTasks = defineStore("tasks", () => {
  const items = shallowRef<Task[]>([]);
  const loaded = ref(false);
  const failed = ref(false);

  async function load(): Promise<void> {
    try {
      items.value = (await api.tasks()).items;
      loaded.value = true;
      failed.value = false;
    } catch {
      failed.value = true;
    }
  }

  function apply(task: Task): void {
    const others = items.value.filter(({ number }) => number !== task.number);
    const kept = task.state === "open" ? [...others, task] : others;
    items.value = kept.sort((a, b) => Date.parse(a.due_at) - Date.parse(b.due_at));
  }

  return { items, loaded, failed, load, apply };
});
