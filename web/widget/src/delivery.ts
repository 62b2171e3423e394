/** Gets what the customer wrote to the server exactly once: keeps it, sends it, sends it again with the same id. */

import type { Log } from "./log";
import * as box from "./outbox";
import type { SendFrame } from "./protocol";
import type { ChatStorage } from "./storage";
import { Timers } from "./timers";
import { words } from "./words";

export interface DeliveryPort {
  readonly storage: ChatStorage;
  readonly newId: () => string;
  online(): boolean;
  send(frame: SendFrame): void;
  /** The line swallowed a message: it is of no use any more. */
  fault(): void;
  changed(outbox: box.Outbox): void;
}

/** Faults of the server that pass by themselves: the message is sent again. */
const PASSING = new Set(["unavailable", "internal"]);
const AGAIN_AFTER = 3_000;

export class Delivery {
  outbox: box.Outbox;
  private readonly timers = new Timers();

  constructor(private readonly port: DeliveryPort) {
    this.outbox = port.storage.outbox().map((item) => box.restored(item, Date.now(), words.stale));
  }

  put(content: box.Content): void {
    const item = box.outgoing(this.port.newId(), content, Date.now());
    this.port.storage.keep(item);
    this.set(box.add(this.outbox, item));
    this.flush();
  }
  retry(id: string): void {
    this.set(box.retry(this.outbox, id));
    this.flush();
  }
  discard(id: string): void {
    this.port.storage.drop(id);
    this.set(box.remove(this.outbox, id));
  }
  clear(): void {
    this.timers.clear();
    this.set([]);
  }

  flush(): void {
    if (!this.port.online()) return;
    for (const item of box.due(this.outbox)) {
      this.set(box.sending(this.outbox, item.id, Date.now()));
      this.port.send(box.frameOf(item));
      if (item.content.kind === "rate") this.discard(item.id); // the server acknowledges messages only
    }
    this.watchOverdue();
  }

  lost(): void {
    this.timers.clear();
    this.set(box.disconnected(this.outbox));
  }

  acknowledged(id: string, seq: number): void {
    this.port.storage.drop(id);
    this.set(box.acknowledged(this.outbox, id, seq));
  }

  /** The log shows more now: what stands in it is delivered. */
  shown(log: Log): void {
    const outbox = box.settled(this.outbox, log);
    if (outbox === this.outbox || outbox.length === this.outbox.length) return;
    for (const item of this.outbox) if (!outbox.includes(item)) this.port.storage.drop(item.id);
    this.set(outbox);
  }

  /** The server did not take message `id`. False when the customer must be told elsewhere than beside the message. */
  refused(id: string | null, code: string, sentence: string): boolean {
    const item = this.outbox.find((candidate) => candidate.id === id);
    if (!item) return false;
    if (PASSING.has(code)) {
      this.set(box.postponed(this.outbox, item.id, sentence));
      this.timers.after("again", AGAIN_AFTER, () => {
        this.set(box.resumed(this.outbox));
        this.flush();
      });
      return true;
    }
    if (item.content.kind !== "message") {
      this.discard(item.id);
      return false;
    }
    this.port.storage.keep({ ...item, state: "failed", reason: sentence });
    this.set(box.failed(this.outbox, item.id, sentence));
    return true;
  }

  /** Another tab sends it; should that tab die before the acknowledgement, this one takes over. */
  writtenElsewhere(item: box.Outgoing, log: Log): void {
    if (item.state === "failed") return;
    const added = box.add(this.outbox, { ...item, state: "sending", tried: Date.now() });
    this.set(box.settled(added, log)); // the log may have been faster than the other tab's word
    this.watchOverdue();
  }
  goneElsewhere(id: string): void {
    this.set(this.outbox.filter((item) => item.id !== id || item.state === "sent"));
  }

  private watchOverdue(): void {
    if (!this.outbox.some((item) => item.state === "sending")) return;
    this.timers.after("overdue", 1_000, () => {
      const { outbox, late } = box.overdue(this.outbox, Date.now(), words.noAck);
      this.set(outbox);
      if (late) this.port.fault();
      else this.watchOverdue();
    });
  }

  private set(outbox: box.Outbox): void {
    this.outbox = outbox;
    this.port.changed(outbox);
  }
}
