/** How a reason for handing over, a priority and a state are coloured. The word always stands beside the colour. */

export type Tone = "accent" | "amber" | "red" | "green" | "grey";

const REASONS: Record<string, Tone> = {
  crisis: "red",
  accident: "red",
  complaint: "amber",
  bot_failure: "amber",
  risk_change: "accent",
  review: "accent",
  requested: "accent",
  not_understood: "grey",
};

export const reasonTone = (reason: string | null): Tone => REASONS[reason ?? ""] ?? "grey";

const POLICY_STATES: Record<string, Tone> = {
  in_force: "green",
  cooling_off: "accent",
  grace: "amber",
  lapsed: "red",
  expired: "grey",
  terminated: "grey",
};

export const policyTone = (state: string): Tone => POLICY_STATES[state] ?? "grey";

const CASE_STATES: Record<string, Tone> = {
  draft: "grey",
  submitted: "accent",
  received: "accent",
  needs_documents: "amber",
  in_review: "accent",
  investigating: "accent",
  approved: "green",
  done: "green",
  decided: "green",
  awaiting_customer: "amber",
  under_check: "amber",
  closed: "grey",
  rejected: "red",
  withdrawn: "grey",
  merged: "grey",
};

export const caseTone = (state: string): Tone => CASE_STATES[state] ?? "accent";
