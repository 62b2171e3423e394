/** One case on the screen: read afresh when it changes, and one step on it at a time. */
import { ElMessage } from "element-plus/es/components/message/index";
import "element-plus/es/components/message/style/css";
import { ref, watch, type Ref } from "vue";
import { isConflict, sentence } from "./failure";

export function useWork<T>(key: () => string | null, read: (key: string) => Promise<T>, version: () => unknown) {
  const item = ref(null) as Ref<T | null>;
  const failed = ref(false);
  const busy = ref(false);
  const problem = ref("");

  async function load(): Promise<void> {
    const wanted = key();
    if (wanted === null) return;
    try {
      const found = await read(wanted);
      if (key() === wanted) item.value = found;
      failed.value = false;
    } catch {
      failed.value = item.value === null;
    }
  }

  /** Carries out a step; true when it is done. A refusal is left in `problem`, and the case is read again. */
  async function step(call: () => Promise<T>, done: string): Promise<boolean> {
    busy.value = true;
    problem.value = "";
    try {
      item.value = await call();
      ElMessage({ message: done, type: "success", duration: 2000 });
      return true;
    } catch (error) {
      problem.value = sentence(error);
      if (isConflict(error)) {
        ElMessage({ message: problem.value, type: "warning" });
        await load();
      }
      return false;
    } finally {
      busy.value = false;
    }
  }

  watch(key, () => {
    item.value = null;
    problem.value = "";
  });
  watch([key, version], load, { immediate: true });
  return { item, failed, busy, problem, load, step };
}
