import { expect, it } from "vitest";
import { readEntry, readError, readFrame, readSnapshot } from "../src/protocol";

it("reads a message with all it can carry", () => {
  const entry = readEntry({
    type: "event",
    seq: 4,
    kind: "message",
    origin: "specialist",
    text: "您好",
    at: "2026-11-22T01:00:00Z",
    buttons: [{ title: "查看条款", token: "t" }, { token: "无题" }],
    citations: [{ title: "保险法", clause: "第二十三条", version: "2015" }],
    files: [{ file: "f1", name: "发票.jpg", type: "image/jpeg", size: 2048 }],
    specialist: { name: "林专员", number: "1001" },
    client_msg_id: "c1",
  });
  expect(entry).toMatchObject({
    origin: "specialist",
    choices: [{ title: "查看条款", token: "t" }],
    citations: [{ clause: "第二十三条" }],
    files: [{ file: "f1", name: "发票.jpg", size: 2048 }],
    specialist: { name: "林专员", number: "1001" },
    clientMsgId: "c1",
  });
});

it("keeps the number of a kind it does not know", () => {
  expect(readEntry({ seq: 3, kind: "video_call" })).toMatchObject({ kind: "unknown", seq: 3 });
});

it.each([null, 3, "x", [], {}, { seq: 0, kind: "message" }, { seq: "1", kind: "message" }, { seq: 1.5, kind: "message" }])(
  "refuses the entry %j",
  (value) => expect(readEntry(value)).toBeNull(),
);

it.each([null, "welcome", {}, { type: "welcome" }, { type: "welcome", seq: 1 }, { type: "ack" }, { type: "event", kind: "message" }, { type: "dance" }])(
  "refuses the frame %j",
  (value) => expect(readFrame(value)).toBeNull(),
);

it("leaves unusable entries out of a snapshot", () => {
  expect(readSnapshot({ seq: 2, mode: "human", events: [{ seq: 1, kind: "message" }, "?", null] })).toMatchObject({
    mode: "human",
    entries: [{ seq: 1 }],
  });
});

it("reads the error of an HTTP answer", () => {
  expect(readError({ error: { code: "rate_limited", message: "慢一点" } })).toEqual({ code: "rate_limited", message: "慢一点" });
  expect(readError("<html>")).toEqual({ code: "", message: "" });
});
