import { describe, expect, it } from "vitest";
import { ago, clockOffset, dateWords, dayOf, daysLeft, daysUntil, duration, paceOf, roughly, secondsSince } from "../src/lib/clock";

const now = Date.parse("2026-11-22T02:00:00Z");

describe("waiting", () => {
  it.each([
    [0, "0秒"],
    [59, "59秒"],
    [60, "1分00秒"],
    [200, "3分20秒"],
    [3900, "1小时05分"],
    [183_600, "2天3小时"],
  ])("of %i seconds reads %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  it("is marked after two and after five minutes", () => {
    expect([119, 120, 299, 300].map(paceOf)).toEqual(["calm", "long", "long", "late"]);
  });

  it("is never negative", () => expect(secondsSince("2026-11-22T02:00:05Z", now)).toBe(0));

  it("is counted on the server's clock", () => {
    const browserIsSlow = now - 90_000;
    const offset = clockOffset("2026-11-22T01:59:00Z", 60, browserIsSlow);
    expect(offset).toBe(90_000);
    expect(secondsSince("2026-11-22T01:59:00Z", browserIsSlow + offset)).toBe(60);
  });
});

describe("moments", () => {
  it("are told by distance, then by the day in Shanghai", () => {
    expect(ago("2026-11-22T01:59:30Z", now)).toBe("刚刚");
    expect(ago("2026-11-22T01:40:00Z", now)).toBe("20分钟前");
    expect(ago("2026-11-21T16:30:00Z", now)).toBe("00:30");
    expect(ago("2026-11-21T15:30:00Z", now)).toBe("昨天");
    expect(dayOf("2026-11-20T02:00:00Z", now)).toBe("11月20日");
    expect(dayOf("2025-11-20T02:00:00Z", now)).toBe("2025年11月20日");
  });

  it("are dates without leading zeros", () => {
    expect(dateWords("2026-12-07")).toBe("2026年12月7日");
    expect(dateWords("2026-12-06T16:30:00Z")).toBe("2026年12月7日");
    expect(dateWords("2026-12-07", true)).toBe("12月7日");
  });
});

describe("deadlines", () => {
  it("count calendar days in Shanghai", () => {
    expect(daysUntil("2026-11-22", now)).toBe(0);
    expect(daysUntil("2026-12-07", now)).toBe(15);
    expect(daysUntil("2026-11-20", now)).toBe(-2);
    expect(daysUntil("2026-11-23", Date.parse("2026-11-22T16:01:00Z"))).toBe(0);
  });

  it("are coloured with a word", () => {
    expect(daysLeft(4)).toEqual({ text: "剩 4 天", urgency: "calm" });
    expect(daysLeft(3)).toEqual({ text: "剩 3 天", urgency: "soon" });
    expect(daysLeft(0)).toEqual({ text: "今天到期", urgency: "soon" });
    expect(daysLeft(-2)).toEqual({ text: "已超 2 天", urgency: "late" });
    expect(daysLeft(null).urgency).toBe("done");
  });
});

it("what is left of a task has no seconds", () => {
  expect([59, 125, 3900, 183_600].map(roughly)).toEqual(["0分", "2分", "1小时05分", "2天3小时"]);
});
