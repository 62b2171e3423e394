import { describe, expect, it } from "vitest";
import type { Summary } from "../src/api";
import { emptyLists, LIST_NAMES, placeOf, neighbour, ordered, listsOf, withSummary, type Lists } from "../src/lib/lists";
import { permutations, summary } from "./factories";

const ME = "lin";
const me = { login: ME, name: "林专员" };
const colleague = { login: "he", name: "何专员" };
const ids = (items: readonly Summary[]) => items.map(({ id }) => id);
const places = (lists: Lists) => LIST_NAMES.filter((name) => lists[name].length > 0);
const after = (...items: Summary[]) => items.reduce((lists, item) => withSummary(lists, item, ME), emptyLists());

describe("the list of a conversation", () => {
  it("is its mode, and mine only when I hold it", () => {
    expect(placeOf(summary({ id: "a", mode: "queued" }), ME)).toBe("queued");
    expect(placeOf(summary({ id: "a", mode: "human", assignee: me }), ME)).toBe("mine");
    expect(placeOf(summary({ id: "a", mode: "human", assignee: colleague }), ME)).toBe("others");
    expect(placeOf(summary({ id: "a", mode: "closed", assignee: me }), ME)).toBe("closed");
  });
});

describe("order", () => {
  it("puts the most urgent first in the queue, then who waits longest", () => {
    const items = [
      summary({ id: "late", queued_at: "2026-11-22T02:05:00Z" }),
      summary({ id: "early", queued_at: "2026-11-22T02:01:00Z" }),
      summary({ id: "crisis", queued_at: "2026-11-22T02:09:00Z", priority: 9 }),
    ];
    expect(ids(ordered("queued", items))).toEqual(["crisis", "early", "late"]);
  });

  it("puts the latest word first elsewhere and does not depend on arrival", () => {
    const items = [
      summary({ id: "b", last_at: "2026-11-22T02:00:00Z" }),
      summary({ id: "a", last_at: "2026-11-22T02:00:00Z" }),
      summary({ id: "c", last_at: "2026-11-22T03:00:00Z" }),
    ];
    for (const arrival of permutations(items)) expect(ids(ordered("bot", arrival))).toEqual(["c", "a", "b"]);
  });
});

describe("live summaries", () => {
  const bot = summary({ id: "a", mode: "bot", epoch: 1, last_seq: 4 });
  const queued = summary({ id: "a", mode: "queued", epoch: 2, last_seq: 6, queued_at: "2026-11-22T02:00:00Z" });
  const taken = summary({ id: "a", mode: "human", epoch: 3, last_seq: 7, assignee: me });
  const spoken = summary({ id: "a", mode: "human", epoch: 3, last_seq: 9, assignee: me });

  it("move a conversation from list to list", () => {
    expect(places(after(bot))).toEqual(["bot"]);
    expect(places(after(bot, queued))).toEqual(["queued"]);
    expect(places(after(bot, queued, taken))).toEqual(["mine"]);
  });

  it("leave the same lists in whatever order they arrive", () => {
    for (const arrival of permutations([bot, queued, taken, spoken])) {
      expect(after(...arrival).mine).toEqual([spoken]);
      expect(places(after(...arrival))).toEqual(["mine"]);
    }
  });

  it("take a conversation away when a colleague claims it, also when older news comes late", () => {
    const lost = summary({ ...taken, assignee: colleague });
    for (const arrival of permutations([bot, queued, lost])) expect(places(after(...arrival))).toEqual([]);
  });
});

describe("a snapshot", () => {
  const items = [
    summary({ id: "b1", mode: "bot" }),
    summary({ id: "q1", mode: "queued", queued_at: "2026-11-22T02:05:00Z" }),
    summary({ id: "q2", mode: "queued", queued_at: "2026-11-22T02:01:00Z" }),
    summary({ id: "m1", mode: "human", assignee: me }),
    summary({ id: "o1", mode: "human", assignee: colleague }),
    summary({ id: "c1", mode: "closed" }),
  ];

  it("puts each conversation where it stands, in the order of its list", () => {
    const lists = listsOf(items, ME);
    expect(ids(lists.queued)).toEqual(["q2", "q1"]);
    expect([ids(lists.mine), ids(lists.others), ids(lists.bot), ids(lists.closed)]).toEqual([["m1"], ["o1"], ["b1"], ["c1"]]);
  });

  it("is what the same conversations make one by one, in any order", () => {
    for (const order of permutations(items)) expect(after(...order)).toEqual(listsOf(items, ME));
  });
});

describe("the neighbour", () => {
  const items = ["a", "b", "c"].map((id) => summary({ id }));

  it("is the next or previous one, and the ends hold", () => {
    expect(neighbour(items, "a", 1)?.id).toBe("b");
    expect(neighbour(items, "c", 1)?.id).toBe("c");
    expect(neighbour(items, "a", -1)?.id).toBe("a");
  });

  it("is the first when nothing of the list is open", () => {
    expect(neighbour(items, null, -1)?.id).toBe("a");
    expect(neighbour([], null, 1)).toBeUndefined();
  });
});
