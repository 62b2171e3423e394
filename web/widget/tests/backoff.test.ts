import { expect, it } from "vitest";
import { backoff } from "../src/backoff";

it("doubles up to half a minute and is spread over half of that", () => {
  expect([0, 1, 2, 3, 9, 40].map((attempt) => backoff(attempt, () => 1))).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000]);
  expect(backoff(3, () => 0)).toBe(2_000);
});
