/** Telling a specialist who looks elsewhere: the number in the tab's title, and a desktop notification if wanted. */
import { ref } from "vue";
import { recall, remember } from "./storage";

const KEY = "notify";

export const supported = typeof Notification !== "undefined";
export const wanted = ref<boolean>(supported && recall<boolean>(KEY, false) && Notification.permission === "granted");

/** Turns notifications on (asking the browser) or off; false when the browser forbids them. */
export async function setWanted(value: boolean): Promise<boolean> {
  wanted.value = value && supported && (await Notification.requestPermission()) === "granted";
  remember(KEY, wanted.value);
  return wanted.value === value;
}

export function notify(title: string, body: string, tag: string, clicked: () => void): void {
  if (!wanted.value || (document.visibilityState === "visible" && document.hasFocus())) return;
  const notification = new Notification(title, { body, tag, icon: "./icon.svg" });
  notification.onclick = () => {
    window.focus();
    clicked();
    notification.close();
  };
}

export function titleWith(base: string, waiting: number): string {
  return waiting > 0 ? `(${waiting}) ${base}` : base;
}
