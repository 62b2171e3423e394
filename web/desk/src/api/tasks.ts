/** Call-backs and other tasks. */
import { call } from "./http";
import type { Person } from "./people";

export interface Task {
  number: string;
  kind: string;
  title: string;
  state: "open" | "done" | "cancelled";
  due_at: string;
  created_at: string;
  customer: string | null;
  phone: string | null;
  note: string;
  assignee: Person | null;
  conversation_id: string | null;
}

const path = (number: string) => `/tasks/${encodeURIComponent(number)}`;

export const tasks = {
  tasks: () => call<{ items: Task[] }>("GET", "/tasks"),
  takeTask: (number: string) => call<{ task: Task; phone: string | null }>("POST", `${path(number)}/take`),
  finishTask: (number: string, outcome: string) => call<{ task: Task }>("POST", `${path(number)}/finish`, { outcome }),
};
