/** Complaints and requests: the lists, one case in full, and what can be decided about it. */
import { BASE, call } from "./http";
import type { Person } from "./people";
import type { Task } from "./tasks";

/** The statutory clock: `days` may pass after `from`, those of a pause included; `warn_on`: warned, then urged. */
export interface StatutoryClock {
  from: string;
  days: number;
  paused_on: string | null;
  stopped: boolean;
  warn_on: string[];
}

export interface Complaint {
  number: string;
  category: string;
  category_text: string;
  state: string;
  state_text: string;
  open: boolean;
  summary: string;
  facts: string;
  wish: string;
  contact: string | null;
  received_at: string;
  due_on: string;
  days_left: number;
  clock: StatutoryClock;
  signals: string[];
  priority: number;
  customer: string | null;
  conversation_id: string | null;
}

export interface ServiceRequest {
  number: string;
  kind: string;
  title: string;
  state: string;
  state_text: string;
  open: boolean;
  policy: string | null;
  customer: string | null;
  submitted_at: string;
  due_on: string | null;
  warn_on: string[];
  paused: boolean;
  missing: string[];
  flags: string[];
  fields: Field[];
  conversation_id: string | null;
}

export interface Field {
  label: string;
  value: string;
}

/** One entry of a case's history; `moved` says that its state changed with it. */
export interface CaseEvent {
  state: string;
  state_text: string;
  moved: boolean;
  actor: string;
  actor_name: string | null;
  at: string;
  reason: string;
}

/** What our own records say of the customer and the policy a request is about. */
export interface CaseRecord {
  customer: Record<string, string | null> | null;
  policy: Record<string, string | null> | null;
}

export interface CaseFile {
  id: string;
  name: string;
  kind: string | null;
  type: string;
  size: number;
  received_at: string;
  /** Sent for this request; otherwise it lies in the conversation, assigned to nothing. */
  own: boolean;
  destroyed: boolean;
}

export interface CasePaper {
  kind: string;
  there: boolean;
}

export type RequestStep = "take_up" | "ask_documents" | "approve" | "finish" | "reject" | "withdraw";

export interface RequestCase {
  request: ServiceRequest;
  handler: Person | null;
  policy_id: number | null;
  record: CaseRecord;
  papers: CasePaper[];
  files: CaseFile[];
  events: CaseEvent[];
  tasks: Task[];
  effect: string;
  steps: RequestStep[];
  slip: boolean;
}

export interface Extension {
  days: number;
  reason: string;
  asked_by: Person;
  asked_at: string;
}

export type ComplaintStep =
  | "take_up"
  | "ask"
  | "decide"
  | "close"
  | "check_again"
  | "withdraw"
  | "merge"
  | "pause"
  | "resume"
  | "extend"
  | "restart"
  | "root_cause";

export interface ComplaintCase {
  complaint: Complaint;
  handler: Person | null;
  events: CaseEvent[];
  extension: Extension | null;
  next_days: number | null;
  same: { number: string; category_text: string; summary: string }[];
  merged_into: string | null;
  decision: string;
  root_cause: { cause: string | null; text: string; note: string };
  tasks: Task[];
  steps: ComplaintStep[];
  letter: boolean;
}

const request = (number: string) => `/requests/${encodeURIComponent(number)}`;
const complaint = (number: string) => `/complaints/${encodeURIComponent(number)}`;

export const cases = {
  complaints: () => call<{ items: Complaint[] }>("GET", "/complaints"),
  complaint: (number: string) => call<ComplaintCase>("GET", complaint(number)),
  extensions: () => call<{ items: (Extension & { number: string; due_on: string })[] }>("GET", "/extensions"),
  complaintStep: (number: string, step: ComplaintStep | "extend/approve" | "extend/refuse", body: object = {}) =>
    call<ComplaintCase>("POST", `${complaint(number)}/${step}`, body),
  letterUrl: (number: string) => `${BASE}${complaint(number)}/letter`,
  requests: () => call<{ items: ServiceRequest[] }>("GET", "/requests"),
  request: (number: string) => call<RequestCase>("GET", request(number)),
  requestStep: (number: string, step: RequestStep, body: object = {}) =>
    call<RequestCase>("POST", `${request(number)}/${step}`, body),
  revealRequest: (number: string, reason: string) =>
    call<{ fields: Field[]; record: CaseRecord }>("POST", `${request(number)}/reveal`, { reason }),
  nameFile: (number: string, file: string, kind: string) =>
    call<RequestCase>("POST", `${request(number)}/files/${file}/name`, { kind }),
  caseFileUrl: (number: string, file: string) => `${BASE}${request(number)}/files/${file}`,
  slipUrl: (number: string) => `${BASE}${request(number)}/slip`,
};
