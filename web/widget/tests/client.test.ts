import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatClient } from "../src/client";
import { ACK_TIMEOUT } from "../src/outbox";
import { ChatStorage } from "../src/storage";
import { FakeNetwork, FakeStorage } from "./fakes";

const welcome = (seq = 0, events: unknown[] = [], mode = "bot") => ({ type: "welcome", seq, mode, events });
const event = (seq: number, extra: object = {}) => ({ type: "event", seq, kind: "message", origin: "bot", text: `第${seq}条`, ...extra });

let network: FakeNetwork;
let backing: FakeStorage;
let counter: number;
const clients: ChatClient[] = [];

function open(): ChatClient {
  const storage = new ChatStorage("demo-site", backing as unknown as Storage);
  const client = new ChatClient(
    { server: "https://a.example", siteKey: "demo-site", storage, network, userToken: () => Promise.resolve(null), newId: () => `m${(counter += 1)}` },
    () => undefined,
  );
  clients.push(client);
  client.start();
  return client;
}
const settle = () => vi.advanceTimersByTimeAsync(0);
async function connected(events: unknown[] = []): Promise<ChatClient> {
  const client = open();
  await settle();
  network.last.open();
  network.last.give(welcome(events.length, events));
  return client;
}
const texts = (client: ChatClient) => client.state.log.entries.map((entry) => entry.text);
const states = (client: ChatClient) => client.state.outbox.map((item) => `${item.id}:${item.state}`);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
  network = new FakeNetwork();
  backing = new FakeStorage();
  counter = 0;
});
afterEach(() => {
  for (const client of clients.splice(0)) client.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("sends the token in the first frame and never in an address", async () => {
  await connected();
  expect(network.last.sent[0]).toEqual({ type: "hello", token: "secret-token", last_seq: 0 });
  expect(network.urls.join()).not.toContain("secret-token");
});

it("goes on with the same conversation after a reload, asking for all of it", async () => {
  (await connected([event(1)])).stop();
  const again = open();
  await settle();
  network.last.open();
  expect(network.calls.filter((call) => call.url.endsWith("/sessions"))).toHaveLength(1);
  expect(network.last.sent[0]).toEqual({ type: "hello", token: "secret-token", last_seq: 0 });
  network.last.give(welcome(1, [event(1)]));
  expect(texts(again)).toEqual(["第1条"]);
});

describe("a message", () => {
  it("is acknowledged, then replaced by the log's own", async () => {
    const client = await connected();
    client.say("您好");
    expect(network.last.sentOf("message")).toEqual([{ type: "message", client_msg_id: "m1", text: "您好" }]);
    expect(states(client)).toEqual(["m1:sending"]);
    network.last.give({ type: "ack", client_msg_id: "m1", seq: 1 });
    expect(states(client)).toEqual(["m1:sent"]);
    network.last.give(event(1, { origin: "customer", text: "您好", client_msg_id: "m1" }));
    expect(states(client)).toEqual([]);
    expect(texts(client)).toEqual(["您好"]);
  });

  it("survives a broken line and goes out again with the same id", async () => {
    const client = await connected();
    client.say("您好");
    network.last.fail();
    expect(states(client)).toEqual(["m1:waiting"]);
    await vi.advanceTimersByTimeAsync(1_000);
    network.last.open();
    network.last.give(welcome());
    expect(network.last.sentOf("message")).toEqual([{ type: "message", client_msg_id: "m1", text: "您好" }]);
  });

  it("survives a reload before the acknowledgement", async () => {
    const client = await connected();
    client.say("您好");
    client.stop();
    await connected();
    expect(network.last.sentOf("message")).toEqual([{ type: "message", client_msg_id: "m1", text: "您好" }]);
  });

  it("is not sent again after the acknowledgement", async () => {
    const client = await connected();
    client.say("您好");
    network.last.give({ type: "ack", client_msg_id: "m1", seq: 1 });
    client.stop();
    await connected([event(1, { origin: "customer" })]);
    expect(network.last.sentOf("message")).toEqual([]);
  });

  it("makes a new line when it is never acknowledged", async () => {
    const client = await connected();
    client.say("您好");
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT + 2_000);
    expect(network.sockets.length).toBeGreaterThan(1);
    network.last.open();
    network.last.give(welcome());
    expect(network.last.sentOf("message")).toHaveLength(1);
  });

  it("shows the server's sentence when it is refused, and can be sent again", async () => {
    const client = await connected();
    client.say("您好");
    network.last.give({ type: "error", code: "rate_limited", message: "请慢一点", client_msg_id: "m1" });
    expect(client.state.outbox).toMatchObject([{ state: "failed", reason: "请慢一点" }]);
    client.retry("m1");
    expect(network.last.sentOf("message")).toHaveLength(2);
    client.discard("m1");
    expect(states(client)).toEqual([]);
  });

  it("goes out again by itself when the server could not store it", async () => {
    const client = await connected();
    client.say("您好");
    network.last.give({ type: "error", code: "unavailable", message: "存不下", client_msg_id: "m1" });
    client.say("还在吗");
    expect(network.last.sentOf("message")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(network.last.sentOf("message").map((frame) => frame.text)).toEqual(["您好", "您好", "还在吗"]);
  });
});

it("asks again on a gap and ends with every event once", async () => {
  const client = await connected([event(1)]);
  network.answer = () => ({ body: { seq: 3, mode: "bot", events: [event(2), event(3)] } });
  network.last.give(event(3));
  await settle();
  expect(network.urls.at(-1)).toBe("https://a.example/api/chat/events?after=1&wait=0");
  expect(texts(client)).toEqual(["第1条", "第2条", "第3条"]);
});

it("asks from its last number after a broken line", async () => {
  const client = await connected([event(1), event(2)]);
  network.last.fail();
  expect(client.state.phase).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(1_000);
  network.last.open();
  expect(network.last.sent[0]).toMatchObject({ last_seq: 2 });
  network.last.give(welcome(3, [event(3)]));
  expect(texts(client)).toEqual(["第1条", "第2条", "第3条"]);
  expect(client.state.history).toBe(2);
});

it("opens a new session when the token is refused", async () => {
  const client = await connected();
  network.answer = () => ({ body: { conversation: "c2", token: "other" } });
  network.last.give({ type: "error", code: "unauthorised", message: "凭证失效" });
  await vi.advanceTimersByTimeAsync(1_000);
  network.last.open();
  expect(network.last.sent[0]).toMatchObject({ type: "hello", token: "other" });
  network.last.give(welcome());
  expect(client.state.phase).toBe("online");
});

it("tells the customer when the page may not open a chat", async () => {
  network.answer = () => ({ status: 403, body: { error: { code: "unknown_site", message: "没有开通" } } });
  const client = open();
  await settle();
  expect(client.state).toMatchObject({ phase: "refused", notice: "没有开通" });
});

it("falls back to long polling when no WebSocket gets through", async () => {
  const client = open();
  await settle();
  let polls = 0;
  network.answer = ({ url, init }) => {
    if (url.endsWith("/messages")) return { body: { ack: { client_msg_id: (JSON.parse(init.body as string) as { client_msg_id: string }).client_msg_id, seq: 2 } } };
    polls += 1;
    if (polls > 3) return { status: 503 };
    return { body: { seq: polls, mode: "bot", events: [event(polls)] } };
  };
  network.last.fail();
  await vi.advanceTimersByTimeAsync(600);
  network.last.fail();
  expect(network.sockets).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(texts(client)).toEqual(["第1条", "第2条", "第3条"]);
  const poll = network.calls.find((call) => call.url.includes("/events?"));
  expect(poll?.url).toBe("https://a.example/api/chat/events?after=0&wait=0");
  expect(poll?.init.headers).toEqual({ Authorization: "Bearer secret-token" });
});

it("sends over HTTP in order while it polls", async () => {
  const client = open();
  await settle();
  const posted: string[] = [];
  let release: () => void = () => undefined;
  network.answer = () => ({ body: { seq: 0, mode: "bot", events: [] } });
  const plain = network.fetch.bind(network);
  network.fetch = async (url, init = {}) => {
    if (url.endsWith("wait=25")) await new Promise<void>((resolve) => (release = resolve));
    if (!url.endsWith("/messages")) return plain(url, init);
    const frame = JSON.parse(init.body as string) as { client_msg_id: string };
    posted.push(frame.client_msg_id);
    return new Response(JSON.stringify({ ack: { client_msg_id: frame.client_msg_id, seq: posted.length } }));
  };
  network.last.fail();
  await vi.advanceTimersByTimeAsync(600);
  network.last.fail();
  await vi.advanceTimersByTimeAsync(1_100);
  client.say("一");
  client.say("二");
  await settle();
  expect(posted).toEqual(["m1", "m2"]);
  expect(states(client)).toEqual(["m1:sent", "m2:sent"]);
  release();
});

describe("another tab's message", () => {
  const elsewhere = (value: string | null) => {
    const change = Object.assign(new Event("storage"), { key: "baodan:demo-site:outbox:other", newValue: value });
    window.dispatchEvent(change);
  };
  const item = JSON.stringify({ id: "other", content: { kind: "message", text: "您好" }, written: 1, state: "waiting", reason: "", tried: 0, attempts: 0, seq: 0 });

  it("is shown here until the log has it, and not sent twice", async () => {
    const client = await connected();
    elsewhere(item);
    expect(states(client)).toEqual(["other:sending"]);
    expect(network.last.sentOf("message")).toEqual([]);
    network.last.give(event(1, { origin: "customer", text: "您好", client_msg_id: "other" }));
    elsewhere(null);
    expect(states(client)).toEqual([]);
  });

  it("is not shown again when the log was faster", async () => {
    const client = await connected([event(1, { origin: "customer", text: "您好", client_msg_id: "other" })]);
    elsewhere(item);
    expect(states(client)).toEqual([]);
  });

  it("is sent from here when the other tab died", async () => {
    await connected();
    elsewhere(item);
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT + 2_000);
    network.last.open();
    network.last.give(welcome());
    expect(network.last.sentOf("message")).toEqual([{ type: "message", client_msg_id: "other", text: "您好" }]);
  });
});

it("leaves the queue by the server's own button", async () => {
  const client = await connected();
  network.last.give({ type: "event", seq: 1, kind: "queue", position: 2, text: "", buttons: [{ title: "取消排队", token: "leave" }] });
  client.cancelQueue();
  expect(network.last.sentOf("choose")).toEqual([{ type: "choose", client_msg_id: "m1", button: "leave" }]);
});

it("forgets everything when the customer logs out of the site", async () => {
  const client = await connected([event(1)]);
  client.say("我的保单");
  client.forgetEverything();
  expect(texts(client)).toEqual([]);
  expect(Object.values(backing).filter((value) => typeof value === "string" && value.includes("我的保单"))).toEqual([]);
});
