/** The conversation in the middle column: its transcript, its context and what is done to it. */
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { api, ApiError, type ConversationEvent, type Detail, type MarkKind, type ReplyContent, type Summary, type TransferTarget } from "../api";
import { isConflict, sentence } from "../lib/failure";
import { lastSeq, unseen } from "../lib/outbox";
import { leavesGap, merged } from "../lib/transcript";
import { words } from "../words";
import { useConversations } from "./conversations";
import { useOutbox } from "./outbox";
import { useSession } from "./session";

type Changed = { conversation: Summary };

const QUIET_MS = 700;
const TYPING_MS = 4000;

export const useOpen = defineStore("open", () => {
  const session = useSession();
  const conversations = useConversations();
  const outbox = useOutbox();

  const id = ref<string | null>(null);
  /** Whether the conversation is on the screen, not behind another page. */
  const shown = ref(false);
  const detail = shallowRef<Detail | null>(null);
  const events = shallowRef<ConversationEvent[]>([]);
  const problem = ref<"missing" | "failed" | null>(null);
  /** Steps asked for and not yet answered. */
  const pending = shallowRef<ReadonlySet<string>>(new Set());
  const busy = computed(() => pending.value.size > 0);
  /** A conflict to read before acting again, such as 已被 张三 接入. */
  const notice = ref<string | null>(null);
  /** Whether the customer is writing. */
  const typing = ref(false);
  let before: Promise<unknown> = Promise.resolve();
  let reading = 0;
  let stillness: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;

  const summary = computed<Summary | null>(() => detail.value?.conversation ?? null);
  const mine = computed(
    () => summary.value?.mode === "human" && summary.value.assignee?.login === session.staff?.login,
  );
  const outgoing = computed(() =>
    id.value === null ? [] : unseen(outbox.of(id.value), events.value, session.staff?.login ?? ""),
  );

  function open(next: string | null): void {
    if (next === id.value) return;
    id.value = next;
    detail.value = null;
    events.value = [];
    problem.value = null;
    notice.value = null;
    typing.value = false;
    clearTimeout(quiet);
    if (next === null) return;
    outbox.restore(next);
    void load();
  }

  async function load(): Promise<void> {
    const wanted = id.value;
    if (wanted === null) return;
    const mineReading = ++reading;
    try {
      const fresh = await api.conversation(wanted);
      if (mineReading !== reading || wanted !== id.value) return;
      detail.value = fresh;
      events.value = merged(events.value, fresh.events);
      problem.value = null;
      conversations.apply(fresh.conversation);
      see();
    } catch (error) {
      if (mineReading !== reading || wanted !== id.value) return;
      problem.value = error instanceof ApiError && error.status === 404 ? "missing" : "failed";
    }
  }

  function loadSoon(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => void load(), QUIET_MS);
  }

  function see(): void {
    if (id.value !== null && shown.value && document.visibilityState === "visible") {
      conversations.markSeen(id.value, Math.max(lastSeq(events.value), summary.value?.last_seq ?? 0));
    }
  }

  function applySummary(item: Summary): void {
    if (item.id !== id.value || detail.value === null) return;
    const known = detail.value.conversation;
    if (item.epoch < known.epoch) return;
    detail.value = { ...detail.value, conversation: item };
    if (item.epoch > known.epoch || item.last_seq > lastSeq(events.value)) loadSoon();
    see();
  }

  function applyEvent(conversation: string, event: ConversationEvent): void {
    if (conversation !== id.value || detail.value === null) return;
    if (leavesGap(events.value, event)) void load();
    else loadSoon();
    events.value = merged(events.value, [event]);
    if (event.origin === "customer") typing.value = false;
    see();
  }

  /**
   * Runs a step on the open conversation; true when it was taken. A refusal becomes the notice.
   * A step asked for while another runs follows it; the same one asked for twice is meant once.
   */
  function act(name: string, step: (id: string) => Promise<Changed>): Promise<boolean> {
    const target = id.value;
    if (target === null || pending.value.has(name)) return Promise.resolve(false);
    pending.value = new Set([...pending.value, name]);
    const taken = before.then(() => take(target, () => step(target)));
    before = taken.then(() => {
      pending.value = new Set([...pending.value].filter((other) => other !== name));
    });
    return taken;
  }

  async function take(target: string, step: () => Promise<Changed>): Promise<boolean> {
    notice.value = null;
    try {
      const { conversation } = await step();
      conversations.apply(conversation);
      applySummary(conversation);
      void load();
      return true;
    } catch (error) {
      if (id.value === target) notice.value = sentence(error);
      if (isConflict(error)) void load();
      return false;
    }
  }

  async function claim(): Promise<boolean> {
    const taken = await act("claim", api.claim);
    if (taken) conversations.active = "mine";
    return taken;
  }

  async function takeOver(): Promise<boolean> {
    const taken = await act("take_over", api.takeOver);
    if (taken) conversations.active = "mine";
    return taken;
  }

  const whisper = (text: string) => act("whisper", (target) => api.whisper(target, text));
  const assign = (target: TransferTarget) => act("assign", (conversation) => api.assign(conversation, target));
  const mark = (message: number, kind: MarkKind, change: { wanted?: string; off?: boolean } = {}) =>
    act(`mark:${message}:${kind}`, (target) => api.mark(target, { message, kind, ...change }));
  const note = (text: string) => act("note", (target) => api.note(target, text));
  const transfer = (target: TransferTarget) => act("transfer", (conversation) => api.transfer(conversation, target));
  const handBack = (text: string) => act("hand_back", (target) => api.handBack(target, text));
  const close = (reason: string, text: string) => act("close", (target) => api.close(target, reason, text));

  async function deliver(conversation: string, message: string): Promise<void> {
    notice.value = null;
    try {
      const after = await outbox.deliver(conversation, message);
      conversations.apply(after);
      if (conversation === id.value) {
        applySummary(after);
        await load();
      }
      outbox.drop(conversation, message);
    } catch (error) {
      if (isConflict(error)) {
        if (conversation === id.value) notice.value = sentence(error);
        await load();
      }
    }
  }

  function send(content: ReplyContent): void {
    if (id.value === null) return;
    const message = outbox.add(id.value, content, lastSeq(events.value));
    void deliver(id.value, message);
  }

  function retry(message: string): void {
    if (id.value !== null) void deliver(id.value, message);
  }

  function takeBack(message: string): string {
    const conversation = id.value;
    if (conversation === null) return "";
    const text = outbox.of(conversation).find((item) => item.client_msg_id === message)?.text ?? "";
    outbox.drop(conversation, message);
    return text;
  }

  function typed(conversation: string): void {
    if (conversation !== id.value) return;
    clearTimeout(stillness);
    typing.value = true;
    stillness = setTimeout(() => (typing.value = false), TYPING_MS);
  }

  const titleOf = (item: Summary) => item.customer.name ?? words.lists.guest(item.id.slice(-4));

  return {
    id, shown, detail, events, problem, busy, notice, summary, mine, outgoing, titleOf,
    open, load, see, applySummary, applyEvent, claim, takeOver, note, transfer, handBack, close, send, retry, takeBack,
    typing, typed, whisper, assign, mark,
  };
});
