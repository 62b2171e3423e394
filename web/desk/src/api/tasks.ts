/** Call-backs, questions to colleagues, promises to customers. */
import { call } from "./http";
import type { Person } from "./people";

export interface Task {
  number: string;
  kind: string;
  title: string;
  skill: string;
  /** Number of the request or complaint it is about. */
  about: string | null;
  /** The customer was promised an answer. */
  promised: boolean;
  escalated: boolean;
  answer: string;
  state: "open" | "done" | "cancelled";
  due_at: string;
  created_at: string;
  customer: string | null;
  phone: string | null;
  note: string;
  assignee: Person | null;
  conversation_id: string | null;
}

export interface NewTask {
  title: string;
  skill: string;
  about: string;
  due_at: string;
  promised: boolean;
}

const path = (number: string) => `/tasks/${encodeURIComponent(number)}`;

export const tasks = {
  tasks: () => call<{ items: Task[] }>("GET", "/tasks"),
  takeTask: (number: string) => call<{ task: Task; phone: string | null }>("POST", `${path(number)}/take`),
  createTask: (wish: NewTask) => call<{ task: Task }>("POST", "/tasks", wish),
  finishTask: (number: string, outcome: string, reply: string) =>
    call<{ task: Task }>("POST", `${path(number)}/finish`, { outcome, reply }),
  postponeTask: (number: string, due_at: string) => call<{ task: Task }>("POST", `${path(number)}/postpone`, { due_at }),
  passTask: (number: string, to: string | null, skill: string | null) =>
    call<{ task: Task }>("POST", `${path(number)}/pass`, { to, skill }),
  cancelTask: (number: string) => call<{ task: Task }>("POST", `${path(number)}/cancel`),
};
