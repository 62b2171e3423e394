/** Complaints and requests. */
import { call } from "./http";

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
  missing: string[];
  fields: { label: string; value: string }[];
  conversation_id: string | null;
}

export const cases = {
  complaints: () => call<{ items: Complaint[] }>("GET", "/complaints"),
  requests: () => call<{ items: ServiceRequest[] }>("GET", "/requests"),
};
