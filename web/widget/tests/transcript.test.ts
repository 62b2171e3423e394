import { expect, it } from "vitest";
import { noteOf, transcriptText, withoutSources } from "../src/transcript";
import { message, mode, queue } from "./make";

it("a saved transcript holds who said what, buttons, clauses and files", () => {
  const text = transcriptText(
    [
      message(1, "customer", { text: "等待期多久" }),
      message(2, "bot", {
        text: "90 天。",
        choices: [{ title: "转人工", token: "t" }],
        citations: [{ title: "安心守护", clause: "第3.2条", version: "2026" }],
      }),
      queue(3, 2),
      mode(4, "human", "林专员"),
      message(5, "specialist", { text: "您好", specialist: { name: "林专员", number: "1001" }, files: [{ file: "f", name: "单.pdf", size: 3_000 }] }),
    ],
    "安和保险（演示）",
    new Date(2026, 10, 22, 10, 0),
  );
  for (const part of ["您\r\n等待期多久", "智能助手\r\n90 天。", "可选：转人工", "——《安心守护》第3.2条", "第 2 位", "林专员（工号1001）已接入", "文件：单.pdf（3 KB）"])
    expect(text).toContain(part);
});

it("a clause is named once: below the answer, where it can be opened", () => {
  const citations = [{ title: "安心守护", clause: "第3.2条", version: "2026" }];
  expect(withoutSources(message(1, "bot", { text: "90 天。\n——《安心守护》第3.2条", citations }))).toBe("90 天。");
  const other = "90 天。\n——《安心守护》第4.1条";
  expect(withoutSources(message(1, "bot", { text: other, citations }))).toBe(other);
  expect(withoutSources(message(1, "bot", { text: "《安心守护》第3.2条写着：90 天。", citations }))).toContain("第3.2条");
});

it("a change of mode says what the server says, and otherwise only what matters", () => {
  expect(noteOf({ kind: "mode", seq: 1, at: "", text: "林专员来了", mode: "human", specialist: null })).toBe("林专员来了");
  expect(noteOf(mode(1, "bot"))).toBe("");
  expect(noteOf({ kind: "closed", seq: 1, at: "", text: "", mode: "closed", specialist: null })).toContain("已结束");
});
