/** Light or dark: the system's choice until the specialist makes one. */
import { ref } from "vue";
import { recall, remember } from "./storage";

const KEY = "theme";

function initial(): boolean {
  const chosen = recall<"light" | "dark" | null>(KEY, null);
  return chosen === null ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

export const dark = ref(false);

function show(): void {
  document.documentElement.classList.toggle("dark", dark.value);
}

export function startTheme(): void {
  dark.value = initial();
  show();
}

export function setDark(value: boolean): void {
  dark.value = value;
  remember(KEY, value ? "dark" : "light");
  show();
}
