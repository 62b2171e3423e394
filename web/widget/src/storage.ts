/** What the browser keeps for one site key, in first-party storage; in memory when storage is refused. */

import type { Outgoing } from "./outbox";

export interface Session {
  readonly conversation: string;
  readonly token: string;
}
export type StorageChange =
  | { readonly kind: "session"; readonly session: Session | null }
  | { readonly kind: "outgoing"; readonly item: Outgoing }
  | { readonly kind: "gone"; readonly id: string }
  | { readonly kind: "read" | "rated" | "large" };

const OUTBOX = "outbox:";

export class ChatStorage {
  private readonly prefix: string;
  private readonly memory = new Map<string, string>();

  constructor(
    siteKey: string,
    private readonly backing: Storage | null = localStorageOrNull(),
  ) {
    this.prefix = `baodan:${siteKey}:`;
  }

  get session(): Session | null {
    const value = this.read<Partial<Session>>("session");
    return value?.token ? { conversation: value.conversation ?? "", token: value.token } : null;
  }
  set session(session: Session | null) {
    this.write("session", session);
  }

  get large(): boolean {
    return this.read<boolean>("large") === true;
  }
  set large(on: boolean) {
    this.write("large", on || null);
  }

  readUpTo(conversation: string): number {
    return this.numberFor("read", conversation);
  }
  markRead(conversation: string, seq: number): void {
    this.write("read", { conversation, value: seq });
  }

  /** Score given for the rating request with this number, or 0. */
  rated(conversation: string, seq: number): number {
    const value = this.read<{ conversation?: string; seq?: number; score?: number }>("rated");
    return value?.conversation === conversation && value.seq === seq ? (value.score ?? 0) : 0;
  }
  markRated(conversation: string, seq: number, score: number): void {
    this.write("rated", { conversation, seq, score });
  }

  outbox(): Outgoing[] {
    return this.keys()
      .filter((key) => key.startsWith(OUTBOX))
      .map((key) => this.read<Outgoing>(key))
      .filter((item): item is Outgoing => typeof item?.id === "string" && typeof item.content?.kind === "string")
      .sort((a, b) => a.written - b.written);
  }
  keep(item: Outgoing): void {
    this.write(OUTBOX + item.id, item);
  }
  drop(id: string): void {
    this.write(OUTBOX + id, null);
  }

  /** Leaves nothing of this site key behind but the letter size. */
  clear(): void {
    for (const key of this.keys()) if (key !== "large") this.write(key, null);
  }

  /** Calls back for changes other tabs make. Returns the way to stop it. */
  watch(listener: (change: StorageChange) => void): () => void {
    const onStorage = (event: StorageEvent) => {
      if (!event.key?.startsWith(this.prefix)) return;
      const change = changeOf(event.key.slice(this.prefix.length), parse(event.newValue));
      if (change) listener(change);
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }

  private numberFor(key: string, conversation: string): number {
    const value = this.read<{ conversation?: string; value?: number }>(key);
    return value?.conversation === conversation ? (value.value ?? 0) : 0;
  }

  private keys(): string[] {
    const all = new Set([...this.memory.keys(), ...(this.backing ? Object.keys(this.backing) : [])]);
    return [...all].filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
  }

  private read<T>(key: string): T | null {
    const name = this.prefix + key;
    return parse(this.memory.get(name) ?? this.backing?.getItem(name) ?? null) as T | null;
  }

  private write(key: string, value: unknown): void {
    const name = this.prefix + key;
    this.memory.delete(name);
    if (value === null) {
      this.backing?.removeItem(name);
      return;
    }
    const raw = JSON.stringify(value);
    try {
      if (this.backing) this.backing.setItem(name, raw);
      else this.memory.set(name, raw);
    } catch {
      this.memory.set(name, raw); // storage is full: this tab goes on with its own copy
    }
  }
}

function changeOf(key: string, value: unknown): StorageChange | null {
  if (key.startsWith(OUTBOX)) {
    const id = key.slice(OUTBOX.length);
    return value === null ? { kind: "gone", id } : { kind: "outgoing", item: value as Outgoing };
  }
  if (key === "session") return { kind: "session", session: value as Session | null };
  return key === "read" || key === "rated" || key === "large" ? { kind: key } : null;
}

function parse(raw: string | null): unknown {
  try {
    return raw === null ? null : (JSON.parse(raw) as unknown);
  } catch {
    return null;
  }
}

function localStorageOrNull(): Storage | null {
  try {
    const probe = "baodan:probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return null;
  }
}
