import { describe, expect, it } from "vitest";
import { emptyLog } from "../src/log";
import * as box from "../src/outbox";
import { message } from "./make";

const item = (id: string, written = 1_000): box.Outgoing => box.outgoing(id, { kind: "message", text: id }, written);
const states = (outbox: box.Outbox) => outbox.map((one) => `${one.id}:${one.state}`);

it("sends in the order of writing, whatever order it was put in", () => {
  const outbox = box.add(box.add([], item("b", 2_000)), item("a", 1_000));
  expect(box.due(outbox).map((one) => one.id)).toEqual(["a", "b"]);
});

it("takes the same message once", () => {
  expect(box.add([item("a")], item("a"))).toHaveLength(1);
});

it("sends again with the same id after the line was lost", () => {
  const lost = box.disconnected(box.sending([item("a")], "a", 5_000));
  expect(box.due(lost).map((one) => box.frameOf(one))).toEqual([{ type: "message", client_msg_id: "a", text: "a" }]);
});

describe("without an acknowledgement", () => {
  it("tries again, then says so", () => {
    let outbox: box.Outbox = [item("a")];
    for (let attempt = 1; attempt < box.MAX_ATTEMPTS; attempt += 1) {
      outbox = box.overdue(box.sending(outbox, "a", 0), box.ACK_TIMEOUT, "没有回执").outbox;
      expect(states(outbox)).toEqual(["a:waiting"]);
    }
    outbox = box.overdue(box.sending(outbox, "a", 0), box.ACK_TIMEOUT, "没有回执").outbox;
    expect(outbox).toMatchObject([{ state: "failed", reason: "没有回执" }]);
    expect(states(box.retry(outbox, "a"))).toEqual(["a:waiting"]);
  });

  it("waits before the time is up", () => {
    const { outbox, late } = box.overdue(box.sending([item("a")], "a", 0), box.ACK_TIMEOUT - 1, "");
    expect(late).toBe(false);
    expect(states(outbox)).toEqual(["a:sending"]);
  });
});

describe("an acknowledged message", () => {
  const acknowledged = box.acknowledged(box.sending([item("a")], "a", 0), "a", 2);

  it("stays visible until the log has it", () => {
    expect(box.settled(acknowledged, { ...emptyLog, seq: 1, entries: [message(1)] })).toHaveLength(1);
    expect(box.settled(acknowledged, { ...emptyLog, seq: 2, entries: [message(1), message(2, "customer")] })).toEqual([]);
  });

  it("is not sent again", () => {
    expect(box.due(box.disconnected(acknowledged))).toEqual([]);
  });
});

it("leaves when the log shows its id, even before the acknowledgement", () => {
  const log = { ...emptyLog, seq: 1, entries: [message(1, "customer", { clientMsgId: "a" })] };
  expect(box.settled(box.sending([item("a")], "a", 0), log)).toEqual([]);
});

it("nothing overtakes a message the server could not store", () => {
  const outbox = box.postponed(box.add([item("a", 1)], item("b", 2)), "a", "存不下");
  expect(box.due(outbox)).toEqual([]);
  expect(box.due(box.resumed(outbox)).map((one) => one.id)).toEqual(["a", "b"]);
});

it("gives up on a server that can never store it", () => {
  let outbox: box.Outbox = [item("a")];
  for (let attempt = 0; attempt < box.MAX_POSTPONED; attempt += 1) outbox = box.postponed(outbox, "a", "存不下");
  expect(outbox).toMatchObject([{ state: "failed", reason: "存不下" }]);
});

describe("on opening the page again", () => {
  it("sends what was written a moment ago", () => {
    expect(box.restored(box.sending([item("a", 0)], "a", 0)[0] as box.Outgoing, 1_000, "旧的")).toMatchObject({ state: "waiting" });
  });
  it("asks about what is old", () => {
    expect(box.restored(item("a", 0), box.STALE_AFTER + 1, "旧的")).toMatchObject({ state: "failed", reason: "旧的" });
  });
});
