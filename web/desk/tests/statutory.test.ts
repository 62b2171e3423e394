import { expect, it } from "vitest";
import type { Complaint, StatutoryClock } from "../src/api";
import { stageOf, standOf } from "../src/lib/statutory";

const NOON = (day: string) => Date.parse(`${day}T12:00:00+08:00`);

/** A complaint of 1 November with 15 days. */
function complaint(clock: Partial<StatutoryClock> = {}, due_on = "2026-11-16"): Complaint {
  return { due_on, clock: { from: "2026-11-01", days: 15, paused_on: null, stopped: false, warn_on: ["2026-11-09", "2026-11-13"], ...clock } } as Complaint;
}

it.each([
  ["2026-11-05", "green", "正常", "剩 11 天"],
  ["2026-11-09", "amber", "过半", "剩 7 天"],
  ["2026-11-13", "red", "紧急", "剩 3 天"],
  ["2026-11-16", "red", "紧急", "今天到期"],
  ["2026-11-18", "red", "超期", "已超 2 天"],
])("on %s it is %s and says so", (day, tone, word, left) => {
  expect(standOf(complaint(), NOON(day))).toMatchObject({ tone, word, left });
});

it("stands still while it is paused", () => {
  const paused = complaint({ paused_on: "2026-11-04" });
  const stands = ["2026-11-05", "2026-11-30"].map((day) => standOf(paused, NOON(day)));
  expect(stands[0]).toMatchObject({ tone: "accent", word: "暂停中", left: "", share: 0.2 });
  expect(stands[1]).toEqual(stands[0]);
});

it("presses nobody once it is decided", () => {
  expect(standOf(complaint({ stopped: true }), NOON("2026-12-24"))).toMatchObject({ tone: "grey", word: "已停" });
});

it.each([
  ["2026-11-24", "calm"],
  ["2026-11-25", "half"],
  ["2026-11-26", "urgent"],
  ["2026-11-27", "urgent"],
  ["2026-11-28", "late"],
])("a promise in working days stands on %s at %s", (day, stage) => {
  expect(stageOf("2026-11-27", ["2026-11-25", "2026-11-26"], NOON(day))).toBe(stage);
});

it("without warnings it is calm until it is late", () => expect(stageOf("2026-11-27", [], NOON("2026-11-27"))).toBe("calm"));
