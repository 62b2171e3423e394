/** Archives of policies, the place of their papers, and what in our data does not fit together. */
import { call } from "./http";

export interface Gap {
  kind: string;
  /** The request it belongs to; null where every policy needs it. */
  about: string | null;
}

export interface ArchiveLine {
  policy_id: number;
  policy: string;
  product: string;
  gaps: Gap[];
}

export type Place = "archived" | "lent" | "returned" | "destroyed" | "missing";

export interface Paper {
  id: number;
  kind: string;
  place: Place;
  place_text: string;
  shelf: string;
  holder: string;
  due_back: string | null;
  moves: Place[];
}

export interface LentPaper extends Paper {
  policy_id: number;
  policy: string;
}

export interface Archive extends ArchiveLine {
  state_text: string;
  holder: string;
  documents: {
    id: string;
    name: string;
    kind: string | null;
    received_at: string;
    kept_until: string | null;
    destroyed: boolean;
  }[];
  papers: Paper[];
}

export interface Mismatch {
  kind: string;
  kind_text: string;
  about: string;
  policy_id: number | null;
  field: string;
  ours: string;
  theirs: string;
  source: string;
}

export interface PaperMove {
  to: Place;
  holder?: string;
  due_back?: string | null;
  shelf?: string;
}

export const archives = {
  archives: (number = "") =>
    call<{ items: ArchiveLine[]; lent: LentPaper[] }>("GET", `/archives?number=${encodeURIComponent(number)}`),
  archive: (policy: number) => call<Archive>("GET", `/archives/${policy}`),
  enterPaper: (policy: number, kind: string, shelf: string) =>
    call<Archive>("POST", `/archives/${policy}/papers`, { kind, shelf }),
  movePaper: (policy: number, paper: number, move: PaperMove) =>
    call<Archive>("POST", `/archives/${policy}/papers/${paper}/move`, move),
  mismatches: () => call<{ items: Mismatch[] }>("GET", "/mismatches"),
};
