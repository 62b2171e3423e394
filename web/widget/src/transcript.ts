/** The conversation as plain text, for the customer to keep. */

import type { Entry, MessageEntry } from "./protocol";
import { fullTime } from "./ui/time";
import { words } from "./words";

export function speakerOf(entry: MessageEntry): string {
  switch (entry.origin) {
    case "customer":
      return words.you;
    case "bot":
      return words.bot;
    case "specialist":
      return words.specialist(entry.specialist);
    case "system":
      return words.system;
  }
}

/** What a change of mode says in the transcript, or "" when it says nothing. */
export function noteOf(entry: Entry, before: readonly Entry[]): string {
  if (entry.kind === "closed") return entry.text || words.ended;
  if (entry.kind !== "mode") return "";
  if (entry.text) return entry.text;
  if (entry.mode === "human") return words.joined(words.specialist(entry.specialist));
  if (entry.mode === "closed") return words.ended;
  const last = before.filter((candidate) => candidate.kind === "mode" || candidate.kind === "queue").at(-1);
  const wasAway = last?.kind === "queue" || (last?.kind === "mode" && last.mode !== "bot" && last.mode !== "closed");
  return entry.mode === "bot" && wasAway ? words.backToBot : "";
}

export function transcriptText(entries: readonly Entry[], name: string, saved: Date): string {
  const lines = [words.transcriptHead(name, fullTime(saved.toISOString())), ""];
  entries.forEach((entry, index) => {
    const when = fullTime(entry.at);
    if (entry.kind === "message") {
      lines.push(`${when}  ${speakerOf(entry)}`.trim(), entry.text);
      if (entry.choices.length > 0) lines.push(words.options(entry.choices.map((choice) => choice.title)));
      for (const item of entry.citations) lines.push(`——${words.clauseOf(item.title, item.clause)}`);
      for (const file of entry.files) lines.push(words.file(file));
      lines.push("");
      return;
    }
    const note = noteOf(entry, entries.slice(0, index));
    if (note) lines.push(`${when}  ${note}`.trim(), "");
  });
  return lines.join("\r\n");
}
