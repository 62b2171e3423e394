/** Opening a conversation: a guest's own, or the signed customer's. */

import type { Network } from "./link";
import { readError } from "./protocol";
import type { Session } from "./storage";

/** The server opens no conversation for this page or this customer; the message is for the customer, or "". */
export class SessionRefused extends Error {}

export interface Opening {
  readonly server: string;
  readonly siteKey: string;
  readonly userToken: string | null;
  /** Token of the guest's earlier conversation, to go on with it. */
  readonly earlier: string | null;
}

/** A customer whose site token is not accepted is served as a guest. */
export async function openSession(network: Network, opening: Opening): Promise<Session> {
  const body: Record<string, string> = { site_key: opening.siteKey };
  if (opening.userToken) body.user_token = opening.userToken;
  if (opening.earlier) body.token = opening.earlier;
  const response = await network.fetch(`${opening.server}/api/chat/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => null)) as Partial<Session> | null;
  if (response.ok && typeof answer?.token === "string")
    return { conversation: String(answer.conversation ?? ""), token: answer.token };
  if (response.status === 401 && opening.userToken) return openSession(network, { ...opening, userToken: null });
  if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new SessionRefused(readError(answer).message);
  throw new Error(`chat session: status ${response.status}`);
}

/** Runs `work` in one tab at a time, where the browser can. */
export async function oneTab<T>(name: string, work: () => Promise<T>): Promise<T> {
  return typeof navigator !== "undefined" && navigator.locks ? await navigator.locks.request(name, work) : work();
}
