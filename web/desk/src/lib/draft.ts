/** What somebody writes in a conversation, kept in the browser until it is sent: a reply with what goes along, and a note. */
import { computed, ref, watch, type Ref } from "vue";
import type { Attachment, Citation, ReplyContent } from "../api";
import { recall, remember } from "./storage";

export type Kind = "reply" | "note";
type Extras = Pick<ReplyContent, "citations" | "files">;

export function useDraft(conversation: () => string, kind: Ref<Kind>) {
  const text = ref("");
  const citations = ref<Citation[]>([]);
  const files = ref<Attachment[]>([]);
  const key = computed(() => `draft:${conversation()}:${kind.value}`);
  const extrasKey = computed(() => `draft:${conversation()}:extras`);

  watch(key, (now) => (text.value = recall(now, "")), { immediate: true });
  watch(
    extrasKey,
    (now) => {
      const kept = recall<Extras>(now, { citations: [], files: [] });
      citations.value = kept.citations;
      files.value = kept.files;
    },
    { immediate: true },
  );
  watch(text, (value) => remember(key.value, value));
  watch([citations, files], ([quoted, attached]) =>
    remember(extrasKey.value, quoted.length || attached.length ? { citations: quoted, files: attached } : null),
  );

  /** Empties the reply; the note stays. */
  function sent(): void {
    text.value = "";
    citations.value = [];
    files.value = [];
  }

  return { text, citations, files, sent };
}
