import { describe, expect, it } from "vitest";
import { safeHref, segments } from "../src/ui/text";
import { fullTime, readableTime } from "../src/ui/time";

describe("addresses in a message", () => {
  it("become links without the sentence's own punctuation", () => {
    expect(segments("请看 https://example.com/a?b=1。谢谢")).toEqual([
      { text: "请看 ", href: null },
      { text: "https://example.com/a?b=1", href: "https://example.com/a?b=1" },
      { text: "。谢谢", href: null },
    ]);
  });
  it("stay text when they are not plain http or https", () => {
    for (const text of ["javascript:alert(1)", "data:text/html,x", "http://user:secret@example.com/"])
      expect(segments(text)).toEqual([{ text, href: null }]);
  });
  it("are never taken from markup", () => {
    expect(segments("<a href='x'>点我</a>")).toEqual([{ text: "<a href='x'>点我</a>", href: null }]);
  });
  it("lose nothing of the text", () => {
    const text = "甲 http://a.cn/x, 乙 https://b.cn. 丙\n丁";
    expect(
      segments(text)
        .map((segment) => segment.text)
        .join(""),
    ).toBe(text);
  });
});

it.each(["ftp://a.cn", "https://", "//a.cn", "vbscript:x"])("refuses the address %s", (address) => {
  expect(safeHref(address)).toBeNull();
});

it("times are told as people tell them", () => {
  const now = new Date(2026, 10, 22, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => readableTime(new Date(...parts).toISOString(), now);
  expect(at(2026, 10, 22, 9, 5)).toBe("09:05");
  expect(at(2026, 10, 21, 23, 59)).toBe("昨天 23:59");
  expect(at(2026, 10, 2, 8, 0)).toBe("11月2日 08:00");
  expect(at(2025, 0, 2, 8, 0)).toBe("2025年1月2日 08:00");
  expect(readableTime("", now)).toBe("");
  expect(fullTime(new Date(2026, 10, 22, 9, 5).toISOString())).toBe("2026年11月22日 09:05");
});
