import { describe, expect, it } from "vitest";
import { intentNames, leavesGap, lines, merged, orderedEvents } from "../src/lib/transcript";
import { event, permutations } from "./factories";

const at = (minute: number) => `2026-11-22T02:${String(minute).padStart(2, "0")}:00Z`;
const one = event({ id: 1, seq: 1, at: at(0) });
const two = event({ id: 2, seq: 2, at: at(2) });
const note = event({ id: 90, at: at(1), visibility: "note", origin: "specialist" });
const three = event({ id: 3, seq: 3, at: at(3) });
const ids = (events: readonly { id: number }[]) => events.map(({ id }) => id);

describe("order", () => {
  it("is by number, with notes where their time puts them, however they arrive", () => {
    for (const arrival of permutations([one, two, note, three])) {
      expect(ids(orderedEvents(arrival))).toEqual([1, 90, 2, 3]);
    }
  });

  it("trusts numbers more than clocks", () => {
    const early = event({ id: 4, seq: 4, at: at(0) });
    expect(ids(orderedEvents([early, three]))).toEqual([3, 4]);
  });

  it("puts a note after the last number at the end", () => {
    expect(ids(orderedEvents([event({ id: 90, at: at(9) }), one]))).toEqual([1, 90]);
  });
});

describe("merging", () => {
  it("shows an event that comes twice once, in its newer form", () => {
    const pending = event({ id: 2, seq: 2, delivery: "pending" });
    const sent = event({ id: 2, seq: 2, delivery: "sent" });
    expect(merged([one, pending], [sent, sent])).toEqual([one, sent]);
  });

  it("gives the same transcript from a snapshot and live events in any order", () => {
    const whole = merged([], [one, two, note, three]);
    for (const live of permutations([two, note, three])) expect(merged([one, two], live)).toEqual(whole);
  });
});

describe("a gap", () => {
  it("is a missing number, never a note", () => {
    expect(leavesGap([one], three)).toBe(true);
    expect(leavesGap([one], two)).toBe(false);
    expect(leavesGap([one], note)).toBe(false);
    expect(leavesGap([one, two, three], two)).toBe(false);
  });
});

describe("lines", () => {
  it("join quick messages of one speaker and open each day", () => {
    const shown = lines([
      event({ id: 1, seq: 1, at: "2026-11-21T15:59:00Z" }),
      event({ id: 2, seq: 2, at: "2026-11-21T16:00:00Z" }),
      event({ id: 3, seq: 3, at: "2026-11-21T16:01:00Z" }),
      event({ id: 4, seq: 4, at: "2026-11-21T16:01:10Z", origin: "bot" }),
      event({ id: 5, seq: 5, at: "2026-11-21T16:20:00Z", origin: "bot" }),
    ]);
    expect(shown.map(({ newDay }) => newDay)).toEqual(["2026-11-21", "2026-11-22", null, null, null]);
    expect(shown.map(({ joined }) => joined)).toEqual([false, false, true, false, false]);
  });

  it("never join a note to a reply, whoever wrote both", () => {
    const staff = { login: "lin", name: "林专员" };
    const reply = event({ id: 1, seq: 1, origin: "specialist", staff });
    const [, line] = lines([reply, event({ id: 2, origin: "specialist", visibility: "note", staff })]);
    expect(line?.joined).toBe(false);
  });
});

it("the names of intents are those seen in the transcript", () => {
  const understood = { intent: "ask_coverage", intent_text: "保障范围", confidence: 0.9 };
  expect(intentNames([one, event({ id: 9, understood })])).toEqual({ ask_coverage: "保障范围" });
});
