/** Who is logged in and how, the colleagues, and who has access. */
import { call, useCsrf } from "./http";

export interface Staff {
  login: string;
  name: string;
  number: string;
  role: string;
  skills: string[];
}

export interface Person {
  login: string;
  name: string;
}

export type PresenceState = "online" | "break" | "offline";

/** Somebody who serves customers; `viewing` is the conversation on their screen. */
export interface Colleague extends Person {
  role: string;
  skills: string[];
  state: PresenceState;
  cap: number;
  since: string | null;
  viewing: string | null;
}

export interface Session {
  staff: Staff;
  /** Nothing else is allowed before a second factor is set up. */
  secondFactorNeeded: boolean;
}

export interface SecondFactor {
  enrolled: boolean;
  required: boolean;
  demo: boolean;
}

export interface Enrolment {
  secret: string;
  address: string;
  picture: string;
}

export interface OwnSession {
  id: string;
  address: string;
  agent: string;
  created_at: string;
  seen_at: string;
  current: boolean;
}

export interface Account extends Staff {
  active: boolean;
  second_factor: boolean;
  sessions: number;
}

export type AccountStep = "end_sessions" | "reset_second_factor" | "close" | "open";

interface LoggedIn {
  staff: Staff;
  csrf: string;
  second_factor_needed: boolean;
}

async function session(answer: Promise<LoggedIn>): Promise<Session> {
  const { staff, csrf, second_factor_needed: secondFactorNeeded } = await answer;
  useCsrf(csrf);
  return { staff, secondFactorNeeded };
}

export const people = {
  login: (login: string, password: string, code?: string) =>
    session(call("POST", "/login", code ? { login, password, code } : { login, password })),
  me: () => session(call("GET", "/me")),
  async logout(): Promise<void> {
    await call("POST", "/logout");
    useCsrf("");
  },
  staff: () => call<{ items: Colleague[] }>("GET", "/staff"),
  presence: (wish: { state?: PresenceState; cap?: number }) => call<Colleague>("POST", "/presence", wish),
  alive: (viewing: string | null) => call("POST", "/presence/alive", { viewing }),
  secondFactor: () => call<SecondFactor>("GET", "/second_factor"),
  beginSecondFactor: () => call<Enrolment>("POST", "/second_factor/begin"),
  confirmSecondFactor: (code: string) => call<SecondFactor>("POST", "/second_factor/confirm", { code }),
  removeSecondFactor: (code: string) => call<SecondFactor>("POST", "/second_factor/remove", { code }),
  sessions: () => call<{ items: OwnSession[] }>("GET", "/sessions"),
  endSession: (id: string) => call("POST", `/sessions/${encodeURIComponent(id)}/end`),
  accounts: () => call<{ items: Account[] }>("GET", "/accounts"),
  account: (login: string, step: AccountStep) => call("POST", `/accounts/${encodeURIComponent(login)}/${step}`),
};
