/** Who is logged in. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { api, Unreachable, type Session, type Staff } from "../api";
import { forgetDrafts, recall, remember } from "../lib/storage";

/** Roles that serve customers; the others look only. */
const SERVING = ["specialist", "supervisor"];

export const useSession = defineStore("session", () => {
  const staff = ref<Staff | null>(null);
  const leads = computed(() => staff.value?.role === "supervisor");
  const serves = computed(() => SERVING.includes(staff.value?.role ?? ""));
  /** The role needs a second factor, and none is set up yet: nothing else is allowed before. */
  const secondFactorNeeded = ref(false);
  const expired = ref(false);
  const unreachable = ref(false);

  function enter({ staff: person, secondFactorNeeded: needed }: Session): void {
    if (recall<string | null>("login", null) !== person.login) forgetDrafts();
    remember("login", person.login);
    staff.value = person;
    secondFactorNeeded.value = needed;
    expired.value = false;
    unreachable.value = false;
  }

  async function login(name: string, password: string, code?: string): Promise<void> {
    enter(await api.login(name, password, code));
  }

  /** Takes up the session of the cookie; rejects when there is none. */
  async function restore(): Promise<void> {
    try {
      enter(await api.me());
    } catch (error) {
      unreachable.value = error instanceof Unreachable;
      throw error;
    }
  }

  function expire(): void {
    expired.value = staff.value !== null;
    staff.value = null;
  }

  /** Asks whether the session still lives; a 401 ends it, no answer tells nothing. */
  async function check(): Promise<void> {
    await api.me().catch(() => undefined);
  }

  async function logout(): Promise<void> {
    try {
      await api.logout();
    } finally {
      forgetDrafts();
      staff.value = null;
      expired.value = false;
    }
  }

  return { staff, serves, leads, secondFactorNeeded, expired, unreachable, login, restore, check, expire, logout };
});
