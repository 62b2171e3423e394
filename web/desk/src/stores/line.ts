/** The state of the live stream, and the wiring of its news to the other stores. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { listen } from "../lib/live";
import { notify } from "../lib/notify";
import { words } from "../words";
import { useConversations } from "./conversations";
import { useOpen } from "./open";
import { useSession } from "./session";
import { useComplaints, useRequests } from "./tickets";

export type LineState = "connecting" | "live" | "lost" | "offline";

const GRACE_MS = 2500;

export const useLine = defineStore("line", () => {
  const state = ref<LineState>("connecting");
  const session = useSession();
  const conversations = useConversations();
  const open = useOpen();
  const complaints = useComplaints();
  const requests = useRequests();
  let end: (() => void) | null = null;
  let grace: ReturnType<typeof setTimeout> | undefined;

  function readAll(): void {
    void conversations.load();
    void open.load();
    void complaints.load();
    void requests.load();
  }

  /** A dropped line may mean that the session has ended: asking who we are leads to the log-in page then. */
  async function lost(): Promise<void> {
    clearTimeout(grace);
    grace = setTimeout(() => {
      if (state.value !== "live") state.value = navigator.onLine ? "lost" : "offline";
    }, state.value === "live" ? GRACE_MS : 0);
    if (state.value === "live") state.value = "connecting";
    await session.check();
  }

  function start(openConversation: (id: string) => void): void {
    stop();
    state.value = "connecting";
    readAll();
    end = listen({
      opened() {
        clearTimeout(grace);
        state.value = "live";
        readAll();
      },
      lost: () => void lost(),
      reload: readAll,
      conversation(item) {
        const joined = conversations.apply(item);
        open.applySummary(item);
        if (joined) {
          const { title, body } = words.notification;
          notify(title, body(item.reason_text ?? ""), item.id, () => openConversation(item.id));
        }
      },
      message: open.applyEvent,
      complaint: complaints.apply,
      request: requests.apply,
    });
  }

  function stop(): void {
    end?.();
    end = null;
    clearTimeout(grace);
  }

  return { state, start, stop };
});
