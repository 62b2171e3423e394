import { expect, it } from "vitest";
import { pauseBefore } from "../src/lib/live";

it("pauses grow and stay under a quarter of a minute", () => {
  const longest = [0, 1, 2, 3, 4, 5, 30].map((attempt) => pauseBefore(attempt, 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
});

it("pauses are spread, so that desks do not come back in step", () => {
  expect(pauseBefore(3, 0)).toBe(2000);
  expect(pauseBefore(3, 0.5)).toBe(3000);
});
