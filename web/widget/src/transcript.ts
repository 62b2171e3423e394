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

/** The text without the closing lines that name a clause which stands below it as a citation anyway. */
export function withoutSources(entry: MessageEntry): string {
  const sources = new Set(entry.citations.map((item) => `——${words.clauseOf(item.title, item.clause)}`));
  const lines = entry.text.split("\n");
  while (sources.has((lines.at(-1) ?? "").trim())) lines.pop();
  return lines.join("\n").trimEnd();
}

/** What an entry that is no message says in the transcript, or "" when it says nothing. */
export function noteOf(entry: Entry): string {
  if (entry.kind === "closed") return entry.text || words.ended;
  if (entry.kind === "queue") return entry.text || words.queue(entry.position);
  if (entry.kind !== "mode") return "";
  if (entry.text) return entry.text;
  if (entry.mode === "human") return words.joined(words.specialist(entry.specialist));
  return entry.mode === "closed" ? words.ended : "";
}

export function transcriptText(entries: readonly Entry[], name: string, saved: Date): string {
  const lines = [words.transcriptHead(name, fullTime(saved.toISOString())), ""];
  for (const entry of entries) {
    const when = fullTime(entry.at);
    if (entry.kind === "message") {
      lines.push(`${when}  ${speakerOf(entry)}`.trim(), withoutSources(entry));
      if (entry.choices.length > 0) lines.push(words.options(entry.choices.map((choice) => choice.title)));
      for (const item of entry.citations) lines.push(`——${words.clauseOf(item.title, item.clause)}`);
      for (const file of entry.files) lines.push(words.file(file.name, file.size));
      lines.push("");
      continue;
    }
    const note = noteOf(entry);
    if (note) lines.push(`${when}  ${note}`.trim(), "");
  }
  return lines.join("\r\n");
}
