import { expect, it } from "vitest";
import { byUrgency, matches, pressing } from "../src/lib/cases";
import type { Stage } from "../src/lib/statutory";

interface Item {
  number: string;
  open: boolean;
  days: number | null;
}
const item = (number: string, open: boolean, days: number | null): Item => ({ number, open, days });
const days = (i: Item) => i.days;
const stage = ({ days: left }: Item): Stage => (left === null || left > 3 ? "calm" : left < 0 ? "late" : "urgent");

const items = [
  item("1", false, -90),
  item("2", true, 12),
  item("3", true, -2),
  item("4", true, null),
  item("5", true, 0),
];

it("open cases come first, the nearest deadline first", () => {
  expect(byUrgency(items, days).map(({ number }) => number)).toEqual(["3", "5", "2", "4", "1"]);
});

it("settled cases press nobody", () => expect(pressing(items, stage)).toEqual({ overdue: 1, soon: 1 }));

it("a search looks into every text and ignores case", () => {
  expect(matches(["TS2026", null], " ts20 ")).toBe(true);
  expect(matches(["TS2026", "扣款"], "理赔")).toBe(false);
  expect(matches([null], "")).toBe(true);
});
