/** A random id; unlike crypto.randomUUID it also works where the desk is served without TLS inside a house network. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
