/** For those who lead and oversee: today's figures, reports, marks, the audit. */
import { BASE, call } from "./http";

export interface Spread {
  count: number;
  median: number | null;
  ninth: number | null;
}

export interface Totals {
  opened: number;
  contained: number;
  handed_over: number;
  served: number;
  abandoned: number;
  wait: Spread;
  first_reply: Spread;
  handling: Spread;
  rating: number | null;
  ratings: number;
}

export interface Wall {
  today: Totals;
  claim_target_seconds: number;
  reply_target_seconds: number;
}

export interface ReportDay {
  day: string;
  opened: number;
  contained: number;
  handed_over: number;
  served: number;
  ratings: number;
  rating: number | null;
}

export interface Reports {
  from: string;
  to: string;
  totals: Totals;
  days: ReportDay[];
  reasons: { reason: string | null; text: string; count: number }[];
  outcomes: { outcome: string; close_reason: string | null; count: number }[];
  specialists: { specialist: string; served: number; first_reply: number | null; handling: number | null }[];
  ratings: { score: number; count: number }[];
  complaints: { category: string; text: string; count: number }[];
  intents: { intent: string; text: string; count: number }[];
}

export interface MarkLine {
  at: string;
  kind: string;
  text: string;
  understood: string | null;
  confidence: number | null;
  wanted: string | null;
  note: string;
  staff: string;
  conversation: string;
}

export interface AuditLine {
  id: number;
  subject: string;
  seq: number;
  actor: string;
  actor_name: string | null;
  subject_name: string | null;
  action: string;
  detail: Record<string, unknown>;
  at: string;
  hash: string;
}

export interface AuditFilter {
  subject?: string;
  actor?: string;
  action?: string;
  before?: string;
}

const period = (from: string, to: string) => `from=${from}&to=${to}`;

export const oversight = {
  wall: () => call<Wall>("GET", "/wall"),
  reports: (from: string, to: string) => call<Reports>("GET", `/reports?${period(from, to)}`),
  reportUrl: (table: string, from: string, to: string) => `${BASE}/reports/${table}.csv?${period(from, to)}`,
  marks: () => call<{ items: MarkLine[] }>("GET", "/marks"),
  marksUrl: `${BASE}/marks.csv`,
  audit: (filter: AuditFilter) =>
    call<{ items: AuditLine[]; more: boolean }>("GET", `/audit?${new URLSearchParams({ ...filter }).toString()}`),
  verifyAudit: () =>
    call<{ entries: number; chains: number; broken: { subject: string; seq: number }[] }>("GET", "/audit/verify"),
};
