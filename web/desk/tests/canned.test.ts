import { expect, it } from "vitest";
import { matching } from "../src/lib/canned";

const reply = (title: string, pinyin: string, initials: string, text = "") => ({ id: title, group: "常用", title, text, pinyin, initials });
const all = [
  reply("正在查询", "zhengzaichaxun", "zzcx"),
  reply("材料收到了", "cailiaoshoudaole", "clsdl", "您发的材料收到了"),
  reply("怎么拍材料", "zenmepaicailiao", "zmpcl"),
];
const titles = (typed: string) => matching(all, typed).map(({ title }) => title);

it("finds by title, by pinyin and by initials, the beginning first", () => {
  expect(titles("材料")).toEqual(["材料收到了", "怎么拍材料"]);
  expect(titles("cailiao")).toEqual(["材料收到了", "怎么拍材料"]);
  expect(titles("ZZCX")).toEqual(["正在查询"]);
});

it("takes pinyin as input methods write it", () => {
  expect(titles("zheng'zai cha")).toEqual(["正在查询"]);
});

it("finds by words of the reply last, and shows all when nothing is typed", () => {
  expect(titles("您发的")).toEqual(["材料收到了"]);
  expect(titles(" ")).toHaveLength(3);
  expect(titles("wuguan")).toEqual([]);
});
