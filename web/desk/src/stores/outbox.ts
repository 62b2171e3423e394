/** Replies on their way, by conversation; kept in the browser until the desk has confirmed them. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, ApiError, Unreachable, type ReplyContent, type Summary } from "../api";
import { sentence } from "../lib/failure";
import { randomId } from "../lib/ids";
import type { Outgoing } from "../lib/outbox";
import { recall, remember } from "../lib/storage";
import { words } from "../words";

const TRIES = 3;
const PAUSE_MS = 1500;
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

export const useOutbox = defineStore("outbox", () => {
  const items = ref<Record<string, Outgoing[]>>({});
  let line: Promise<unknown> = Promise.resolve();

  const of = (conversation: string): Outgoing[] => items.value[conversation] ?? [];

  /** Brings back what was on its way when the page was left. */
  function restore(conversation: string): void {
    if (items.value[conversation]) return;
    items.value[conversation] = recall<Outgoing[]>(`outbox:${conversation}`, []).map((item) => ({
      ...item,
      citations: item.citations ?? [],
      files: item.files ?? [],
      state: "failed",
      problem: item.problem ?? words.conversation.unconfirmed,
    }));
  }

  function set(conversation: string, next: Outgoing[]): void {
    items.value = { ...items.value, [conversation]: next };
    remember(`outbox:${conversation}`, next);
  }

  function change(conversation: string, id: string, fields: Partial<Outgoing>): void {
    set(
      conversation,
      of(conversation).map((item) => (item.client_msg_id === id ? { ...item, ...fields } : item)),
    );
  }

  function drop(conversation: string, id: string): void {
    set(
      conversation,
      of(conversation).filter((item) => item.client_msg_id !== id),
    );
  }

  async function post(conversation: string, id: string, content: ReplyContent): Promise<Summary> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await api.reply(conversation, id, content)).conversation;
      } catch (error) {
        const again = error instanceof Unreachable || (error instanceof ApiError && error.status >= 500);
        if (!again || attempt === TRIES) throw error;
        await pause();
      }
    }
  }

  /** Sends in the order of the calls. The summary comes back when the desk has it; a failure stays on the item and is thrown. */
  function deliver(conversation: string, id: string): Promise<Summary> {
    const item = of(conversation).find(({ client_msg_id }) => client_msg_id === id);
    const content = { text: item?.text ?? "", citations: item?.citations ?? [], files: item?.files ?? [] };
    change(conversation, id, { state: "sending", problem: null });
    const sent = line.then(() => post(conversation, id, content));
    line = sent.catch(() => undefined);
    return sent.catch((error: unknown) => {
      const problem = error instanceof Unreachable ? words.conversation.sendUnreachable : sentence(error);
      change(conversation, id, { state: "failed", problem });
      throw error;
    });
  }

  function add(conversation: string, content: ReplyContent, after: number): string {
    const id = randomId();
    const item: Outgoing = {
      client_msg_id: id,
      ...content,
      at: new Date().toISOString(),
      after,
      state: "sending",
      problem: null,
    };
    set(conversation, [...of(conversation), item]);
    return id;
  }

  return { of, restore, add, deliver, drop };
});
