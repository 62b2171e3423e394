/** The live stream of the desk: server-sent events with our own reconnection and a watchdog for silent lines. */
import { api } from "../api";
import type { Colleague, Complaint, ConversationEvent, DeskState, ServiceRequest, Summary, Task } from "../api";

export interface LiveHandlers {
  /** The state of the desk as it is now. It comes first, and again whenever news may have been missed. */
  snapshot(state: DeskState): void;
  lost(): void;
  /** The server asks for a sign of life. */
  ping(): void;
  conversation(summary: Summary): void;
  staff(colleague: Colleague): void;
  task(task: Task): void;
  typing(conversation: string): void;
  message(conversation: string, event: ConversationEvent): void;
  complaint(item: Complaint): void;
  request(item: ServiceRequest): void;
}

/** The server pings more often than this; a longer silence means a dead line. */
const SILENCE_MS = 45_000;
const LONGEST_PAUSE_MS = 15_000;

/** Milliseconds before attempt `n` (from 0): doubling from half a second, spread so that desks do not come back in step. */
export function pauseBefore(attempt: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempt);
  return full / 2 + (full / 2) * random;
}

/** Opens the stream and keeps it open; the function returned ends it. */
export function listen(handlers: LiveHandlers): () => void {
  let source: EventSource | null = null;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(again, SILENCE_MS);
  };

  function again(): void {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
    handlers.lost();
    retry = setTimeout(open, pauseBefore(attempt++, Math.random()));
  }

  function on<T>(name: string, handle: (data: T) => void): void {
    source?.addEventListener(name, (message: MessageEvent<string>) => {
      alive();
      handle(JSON.parse(message.data) as T);
    });
  }

  function open(): void {
    clearTimeout(retry);
    source?.close();
    source = new EventSource(api.eventsUrl);
    source.onopen = () => {
      attempt = 0;
      alive();
    };
    source.onerror = again;
    on<Summary>("conversation", handlers.conversation);
    on<{ conversation: string; event: ConversationEvent }>("message", (m) => handlers.message(m.conversation, m.event));
    on<Complaint>("complaint", handlers.complaint);
    on<ServiceRequest>("request", handlers.request);
    on<DeskState>("snapshot", handlers.snapshot);
    on<Colleague>("staff", handlers.staff);
    on<Task>("task", handlers.task);
    on<{ conversation: string }>("typing", ({ conversation }) => handlers.typing(conversation));
    on<object>("ping", handlers.ping);
    alive();
  }

  const online = () => {
    attempt = 0;
    open();
  };
  window.addEventListener("online", online);
  window.addEventListener("offline", again);
  open();

  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", again);
    clearTimeout(watchdog);
    clearTimeout(retry);
    source?.close();
  };
}
