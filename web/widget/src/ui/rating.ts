/** One to five, asked once after a conversation. */

import { words } from "../words";
import { h } from "./dom";

export function ratingView(seq: number, text: string, given: number, submit: (score: number) => void): HTMLElement {
  if (given > 0) return h("p", { class: "note" }, words.rated(given, words.rateLabels[given - 1] ?? ""));
  const name = `rating-${seq}`;
  const send = h("button", { type: "submit", class: "primary", disabled: true }, words.rateSubmit);
  const options = words.rateLabels.map((label, index) =>
    h(
      "label",
      { class: "score" },
      h("input", { type: "radio", name, value: index + 1, class: "unseen" }),
      h("span", { class: "score-number" }, String(index + 1)),
      h("span", { class: "score-label" }, label),
    ),
  );
  const form = h(
    "form",
    { class: "rating" },
    h("fieldset", {}, h("legend", {}, text || words.rateTitle), h("div", { class: "scores" }, ...options)),
    send,
  );
  form.addEventListener("change", () => {
    send.disabled = false;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const score = Number(new FormData(form).get(name));
    if (score >= 1) submit(score);
  });
  return form;
}
