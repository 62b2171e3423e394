import { describe, expect, it } from "vitest";
import { actionOf, sends, type Key } from "../src/lib/keys";

const key = (fields: Partial<Key>): Key => ({
  code: "",
  key: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  ...fields,
});

describe("sending", () => {
  it("takes Ctrl+Enter or ⌘+Enter", () => {
    expect(sends(key({ key: "Enter", ctrlKey: true }))).toBe(true);
    expect(sends(key({ key: "Enter", metaKey: true }))).toBe(true);
    expect(sends(key({ key: "Enter" }))).toBe(false);
  });

  it("never happens on the Enter that picks a candidate", () => {
    expect(sends(key({ key: "Enter", ctrlKey: true, isComposing: true }))).toBe(false);
  });
});

describe("shortcuts", () => {
  it("go by the physical key, also where Alt changes the letter", () => {
    expect(actionOf(key({ code: "KeyJ", key: "∆", altKey: true }), true)).toBe("next");
    expect(actionOf(key({ code: "KeyE", key: "´", altKey: true }), true)).toBe("end");
  });

  it("leave typing alone", () => {
    expect(actionOf(key({ code: "KeyJ", key: "j" }), true)).toBeNull();
    expect(actionOf(key({ key: "?" }), true)).toBeNull();
    expect(actionOf(key({ key: "?" }), false)).toBe("help");
    expect(actionOf(key({ key: "/" }), true)).toBeNull();
    expect(actionOf(key({ key: "/" }), false)).toBe("canned");
    expect(actionOf(key({ code: "KeyJ", altKey: true, isComposing: true }), true)).toBeNull();
    expect(actionOf(key({ code: "KeyE", altKey: true, ctrlKey: true }), false)).toBeNull();
  });
});
