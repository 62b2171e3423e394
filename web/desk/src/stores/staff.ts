/** The colleagues who serve customers: who is at the desk, what each holds, who looks at what. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { api, type Colleague, type PresenceState } from "../api";
import { sentence } from "../lib/failure";
import { useConversations } from "./conversations";
import { useSession } from "./session";

export const useStaff = defineStore("staff", () => {
  const session = useSession();
  const conversations = useConversations();
  const items = ref<Colleague[]>([]);
  const problem = ref("");

  const me = computed(() => items.value.find(({ login }) => login === session.staff?.login) ?? null);

  /** How many conversations somebody holds. */
  const load = (login: string) => conversations.served.filter(({ assignee }) => assignee?.login === login).length;

  /** Colleagues with this conversation on their screen. */
  const viewers = (conversation: string) =>
    items.value.filter(
      ({ login, viewing, state }) => viewing === conversation && login !== session.staff?.login && state !== "offline",
    );

  function replace(all: Colleague[]): void {
    items.value = all;
  }

  function apply(one: Colleague): void {
    items.value = [...items.value.filter(({ login }) => login !== one.login), one].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }

  async function set(wish: { state?: PresenceState; cap?: number }): Promise<void> {
    problem.value = "";
    try {
      apply(await api.presence(wish));
    } catch (error) {
      problem.value = sentence(error);
    }
  }

  return { items, me, problem, load, viewers, replace, apply, set };
});
