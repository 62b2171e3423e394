/** Versions of texts: what changed, and who has read it. */
import { call } from "./http";

/** A version of a text that came into force, held against the one before. */
export interface NewVersion {
  key: string;
  kind: string;
  title: string;
  version: string;
  effective_from: string;
  approver: string;
  earlier: string | null;
  changes: { kind: "added" | "removed" | "changed"; clause: string; title: string; before: string; since: string }[];
  read_by: string[];
  read: boolean;
}

export const knowledge = {
  knowledgeChanges: (since: string) =>
    call<{ since: string; items: NewVersion[] }>("GET", `/knowledge/changes${since ? `?since=${since}` : ""}`),
  acknowledgeVersion: (key: string, version: string) => call("POST", "/knowledge/acknowledge", { key, version }),
};
