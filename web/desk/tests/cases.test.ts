import { expect, it } from "vitest";
import { byUrgency, matches, pressing } from "../src/lib/cases";

interface Item {
  number: string;
  state: string;
  days: number | null;
}
const item = (number: string, state: string, days: number | null): Item => ({ number, state, days });
const days = (i: Item) => i.days;

const items = [
  item("1", "closed", -90),
  item("2", "investigating", 12),
  item("3", "investigating", -2),
  item("4", "received", null),
  item("5", "received", 0),
];

it("open cases come first, the nearest deadline first", () => {
  expect(byUrgency(items, days).map(({ number }) => number)).toEqual(["3", "5", "2", "4", "1"]);
});

it("settled cases press nobody", () => expect(pressing(items, days)).toEqual({ overdue: 1, soon: 1 }));

it("a search looks into every text and ignores case", () => {
  expect(matches(["TS2026", null], " ts20 ")).toBe(true);
  expect(matches(["TS2026", "扣款"], "理赔")).toBe(false);
  expect(matches([null], "")).toBe(true);
});
