/** One call of the desk API: its token, its time limit, and what a refusal looks like. */

/** An answer of the desk that is not 2xx; `message` is the sentence to show. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The request got no answer: whether it was carried out is unknown. */
export class Unreachable extends Error {}

export const BASE = "/desk/api";
let csrf = "";
let onUnauthorized: () => void = () => undefined;

export function useCsrf(token: string): void {
  csrf = token;
}

export function whenUnauthorized(handler: () => void): void {
  onUnauthorized = handler;
}

interface ErrorBody {
  error?: { code?: string; message?: string };
}

export async function call<T = unknown>(method: "GET" | "POST", path: string, body?: object | FormData): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const form = body instanceof FormData;
  if (method === "POST") {
    if (!form) headers["Content-Type"] = "application/json";
    if (csrf) headers["X-CSRF"] = csrf;
  }
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(20_000),
      ...(method === "POST" ? { body: form ? body : JSON.stringify(body ?? {}) } : {}),
    });
  } catch (cause) {
    throw new Unreachable("no answer", { cause });
  }
  if (response.ok) {
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  }
  const { error } = (await response.json().catch(() => ({}))) as ErrorBody;
  if (response.status === 401 && path !== "/login") onUnauthorized();
  throw new ApiError(response.status, error?.code ?? `http_${response.status}`, error?.message ?? "");
}
