/** The desk API: its shapes and one typed call for each route, by subject. */
import { cases } from "./cases";
import { conversations } from "./conversations";
import { oversight } from "./oversight";
import { people } from "./people";
import { tasks } from "./tasks";

export * from "./cases";
export * from "./conversations";
export * from "./oversight";
export * from "./people";
export * from "./tasks";
export { ApiError, Unreachable, whenUnauthorized } from "./http";

export const api = { ...people, ...conversations, ...cases, ...tasks, ...oversight };
