/** The state of the live stream, and the wiring of its news to the other stores. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, type ConversationEvent } from "../api";
import { listen } from "../lib/live";
import { notify } from "../lib/notify";
import { words } from "../words";
import { useConversations } from "./conversations";
import { useOpen } from "./open";
import { useSession } from "./session";
import { useStaff } from "./staff";
import { useTasks } from "./tasks";
import { useComplaints, useRequests } from "./tickets";

export type LineState = "connecting" | "live" | "lost" | "offline";

const GRACE_MS = 2500;

export const useLine = defineStore("line", () => {
  const state = ref<LineState>("connecting");
  /** A whisper of the supervisor, for the specialist to see wherever they are. */
  const whisper = ref<{ conversation: string; event: ConversationEvent } | null>(null);
  const session = useSession();
  const conversations = useConversations();
  const staff = useStaff();
  const open = useOpen();
  const complaints = useComplaints();
  const requests = useRequests();
  const tasks = useTasks();
  let end: (() => void) | null = null;
  let grace: ReturnType<typeof setTimeout> | undefined;

  /** A dropped line may mean that the session has ended: asking who we are leads to the log-in page then. */
  async function lost(): Promise<void> {
    clearTimeout(grace);
    grace = setTimeout(() => {
      if (state.value !== "live") state.value = navigator.onLine ? "lost" : "offline";
    }, state.value === "live" ? GRACE_MS : 0);
    if (state.value === "live") state.value = "connecting";
    await session.check();
  }

  const alive = () => void api.alive(open.shown ? open.id : null).catch(() => undefined);

  function heard(conversation: string, event: ConversationEvent): void {
    open.applyEvent(conversation, event);
    const mine = conversations.lists.mine.some(({ id }) => id === conversation);
    if (event.whisper && mine && event.staff?.login !== session.staff?.login) {
      whisper.value = { conversation, event };
    }
  }

  function start(openConversation: (id: string) => void): void {
    stop();
    state.value = "connecting";
    end = listen({
      snapshot(desk) {
        clearTimeout(grace);
        state.value = "live";
        conversations.replace(desk.conversations);
        staff.replace(desk.staff);
        void open.load();
        void complaints.load();
        void requests.load();
        void tasks.load();
        alive();
      },
      lost: () => void lost(),
      ping: alive,
      conversation(item) {
        const joined = conversations.apply(item);
        open.applySummary(item);
        if (joined) {
          const { title, body } = words.notification;
          notify(title, body(item.reason_text ?? ""), item.id, () => openConversation(item.id));
        }
      },
      message: heard,
      staff: staff.apply,
      task: tasks.apply,
      typing: open.typed,
      complaint: complaints.apply,
      request: requests.apply,
    });
  }

  function stop(): void {
    end?.();
    end = null;
    clearTimeout(grace);
  }

  return { state, whisper, start, stop, alive };
});
