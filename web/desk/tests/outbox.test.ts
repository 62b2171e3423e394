import { expect, it } from "vitest";
import { lastSeq, unseen, type Outgoing } from "../src/lib/outbox";
import { event } from "./factories";

const staff = { login: "lin", name: "林专员" };
const item = (id: string, text: string, after = 5): Outgoing => ({
  client_msg_id: id,
  text,
  citations: [],
  files: [],
  at: "2026-11-22T02:00:00Z",
  after,
  state: "sending",
  problem: null,
});
const said = (seq: number, text: string, login = "lin") =>
  event({ id: seq, seq, origin: "specialist", text, staff: { ...staff, login } });

it("a reply gives way to its own event", () => {
  expect(unseen([item("a", "好的")], [said(6, "好的")], "lin")).toEqual([]);
});

it("the same words said earlier, or by a colleague, are not its event", () => {
  const sending = [item("a", "好的")];
  expect(unseen(sending, [said(4, "好的"), said(6, "好的", "he")], "lin")).toEqual(sending);
});

it("the same words sent twice need two events", () => {
  const [first, second] = [item("a", "好的"), item("b", "好的")];
  expect(unseen([first!, second!], [said(6, "好的")], "lin")).toEqual([second]);
});

it("the last number ignores notes", () => {
  expect(lastSeq([said(3, ""), event({ id: 90 })])).toBe(3);
  expect(lastSeq([])).toBe(0);
});
