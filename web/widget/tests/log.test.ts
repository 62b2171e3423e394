import { describe, expect, it } from "vitest";
import { type Log, catchUp, emptyLog, openChoices, receive, releaseHeld, unread } from "../src/log";
import type { Entry, Snapshot } from "../src/protocol";
import { message, mode, queue } from "./make";

const numbers = (log: Log) => log.entries.map((entry) => entry.seq);
const snapshot = (seq: number, entries: Entry[], at: Snapshot["mode"] = "bot"): Snapshot => ({ seq, mode: at, entries });
const withAll = (...entries: Entry[]) => catchUp(emptyLog, snapshot(entries.at(-1)?.seq ?? 0, entries)).log;

describe("a live event", () => {
  it("is appended when it is the next one", () => {
    const { log, missing } = receive(withAll(message(1)), message(2));
    expect(numbers(log)).toEqual([1, 2]);
    expect(missing).toBe(false);
  });

  it("is dropped when it is already there", () => {
    const before = withAll(message(1), message(2));
    expect(receive(before, message(2)).log).toBe(before);
  });

  it("waits ahead of a gap, and the gap is told", () => {
    const { log, missing } = receive(withAll(message(1)), message(3));
    expect(numbers(log)).toEqual([1]);
    expect(missing).toBe(true);
  });

  it("is released when the missing one comes by itself", () => {
    const ahead = receive(receive(withAll(message(1)), message(4)).log, message(3)).log;
    const { log, missing } = receive(ahead, message(2));
    expect(numbers(log)).toEqual([1, 2, 3, 4]);
    expect(missing).toBe(false);
  });
});

describe("an answer of the server", () => {
  it("fills a gap and releases what waited behind it", () => {
    const ahead = receive(withAll(message(1)), message(4)).log;
    const { log, missing } = catchUp(ahead, snapshot(4, [message(2), message(3), message(4)]));
    expect(numbers(log)).toEqual([1, 2, 3, 4]);
    expect(missing).toBe(false);
    expect(log.held).toEqual([]);
  });

  it("is believed when it leaves a number out", () => {
    const { log, missing } = catchUp(withAll(message(1)), snapshot(3, [message(3)]));
    expect(numbers(log)).toEqual([1, 3]);
    expect(missing).toBe(false);
  });

  it("asks for the next page when the server holds more", () => {
    const { log, missing } = catchUp(emptyLog, snapshot(5, [message(1), message(2)]));
    expect(missing).toBe(true);
    expect(catchUp(log, snapshot(5, [message(3), message(4), message(5)])).missing).toBe(false);
  });

  it("does not repeat what is known, in whatever order it comes", () => {
    const { log } = catchUp(withAll(message(1), message(2)), snapshot(4, [message(4), message(2), message(3), message(1)]));
    expect(numbers(log)).toEqual([1, 2, 3, 4]);
  });

  it("keeps an event that overtook it", () => {
    const ahead = receive(withAll(message(1)), message(5)).log;
    const { log, missing } = catchUp(ahead, snapshot(3, [message(2), message(3)]));
    expect(numbers(log)).toEqual([1, 2, 3]);
    expect(missing).toBe(true);
    expect(numbers(releaseHeld(log))).toEqual([1, 2, 3, 5]);
  });
});

it("any order, repetition and loss of live events ends in the same log", () => {
  const all = Array.from({ length: 12 }, (_, index) => message(index + 1));
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 300; round += 1) {
    let log = emptyLog;
    let known = 0;
    for (let step = 0; step < 30; step += 1) {
      const entry = all[random(all.length)] as Entry;
      known = Math.max(known, entry.seq);
      const result = receive(log, entry);
      log = result.log;
      if (result.missing && random(2) === 0) log = catchUp(log, snapshot(known, all.filter((one) => one.seq > log.seq && one.seq <= known))).log;
      expect(numbers(log)).toEqual(all.slice(0, log.seq).map((one) => one.seq));
    }
    log = catchUp(log, snapshot(12, all.filter((one) => one.seq > log.seq))).log;
    expect(log.entries).toEqual(all);
    expect(log.held).toEqual([]);
  }
});

describe("the mode", () => {
  it("follows the events: queue, specialist, back to the bot", () => {
    const queued = withAll(message(1), mode(2, "queued"), queue(3, 2, "t1"));
    expect(queued).toMatchObject({ mode: "bot", position: null });
    const live = receive(receive(withAll(message(1)), mode(2, "queued")).log, queue(3, 2, "t1")).log;
    expect(live).toMatchObject({ mode: "queued", position: 2, leaveQueue: { token: "t1" } });
    const served = receive(live, mode(4, "human", "林专员")).log;
    expect(served).toMatchObject({ mode: "human", specialist: { name: "林专员", number: "1001" }, position: null, leaveQueue: null });
    expect(receive(served, mode(5, "bot")).log).toMatchObject({ mode: "bot", specialist: null });
  });

  it("of an answer goes before what its events say", () => {
    const { log } = catchUp(emptyLog, snapshot(2, [message(1), mode(2, "human", "林专员")], "human"));
    expect(log).toMatchObject({ mode: "human", specialist: { name: "林专员" } });
  });

  it("keeps the place in the queue through a reload", () => {
    const { log } = catchUp(emptyLog, snapshot(3, [message(1), mode(2, "queued"), queue(3, 4)], "queued"));
    expect(log).toMatchObject({ mode: "queued", position: 4 });
  });

  it("is not settled by an unfinished page", () => {
    const { log } = catchUp(emptyLog, snapshot(4, [mode(1, "human", "林专员")], "bot"));
    expect(log.mode).toBe("human");
  });
});

describe("buttons", () => {
  const asking = message(2, "bot", { choices: [{ title: "查看条款", token: "t" }] });

  it("are open until the customer says something", () => {
    expect([...openChoices(withAll(message(1, "customer"), asking, message(3)))]).toEqual([2]);
    expect([...openChoices(withAll(message(1), asking, message(3, "customer")))]).toEqual([]);
  });

  it("are closed once a specialist is there", () => {
    expect([...openChoices(withAll(message(1), asking, mode(3, "human", "林专员")))]).toEqual([]);
  });

  it("without a token are never open", () => {
    expect([...openChoices(withAll(message(1), message(2, "bot", { choices: [{ title: "查看条款", token: "" }] })))]).toEqual([]);
  });
});

it("unread counts what others said after the last one seen", () => {
  const log = withAll(message(1), message(2, "customer"), message(3), mode(4, "human", "林专员"), message(5, "specialist"));
  expect(unread(log, 1)).toBe(2);
  expect(unread(log, 5)).toBe(0);
});
