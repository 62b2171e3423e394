/** Keyboard shortcuts. Read from the physical key, because Alt changes the letter on some systems. */

export type Action = "next" | "previous" | "next_waiting" | "end" | "note" | "transfer" | "take" | "look_up" | "canned" | "help";

const WITH_ALT: Record<string, Action> = {
  KeyJ: "next",
  KeyK: "previous",
  KeyN: "next_waiting",
  KeyE: "end",
  KeyI: "note",
  KeyT: "transfer",
  KeyA: "take",
  KeyQ: "look_up",
};

const PLAIN: Record<string, Action> = { "?": "help", "/": "canned" };

export interface Key {
  code: string;
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
}

/** The action of a key press; `typing` tells that the cursor is in a field, where plain characters belong to the text. */
export function actionOf(key: Key, typing: boolean): Action | null {
  if (key.isComposing || key.ctrlKey || key.metaKey) return null;
  if (key.altKey) return WITH_ALT[key.code] ?? null;
  return typing ? null : (PLAIN[key.key] ?? null);
}

/** Whether a key press in the reply box sends: Ctrl+Enter or ⌘+Enter, but never the Enter that picks an input-method candidate. */
export function sends(key: Key): boolean {
  return key.key === "Enter" && (key.ctrlKey || key.metaKey) && !key.isComposing;
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
