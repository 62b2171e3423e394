/** Who is logged in, and the colleagues. */
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

export interface Colleague extends Person {
  skills: string[];
}

async function session(answer: Promise<{ staff: Staff; csrf: string }>): Promise<Staff> {
  const { staff, csrf } = await answer;
  useCsrf(csrf);
  return staff;
}

export const people = {
  login: (login: string, password: string) => session(call("POST", "/login", { login, password })),
  me: () => session(call("GET", "/me")),
  async logout(): Promise<void> {
    await call("POST", "/logout");
    useCsrf("");
  },
  staff: () => call<{ items: Colleague[] }>("GET", "/staff"),
};
