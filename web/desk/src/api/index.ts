/** The desk API: its shapes and one typed call for each route, by subject. */
import { cases } from "./cases";
import { conversations } from "./conversations";
import { people } from "./people";

export * from "./cases";
export * from "./conversations";
export * from "./people";
export { ApiError, Unreachable, whenUnauthorized } from "./http";

export const api = { ...people, ...conversations, ...cases };
