/** The desk API: its shapes and one typed call for each route, by subject. */
import { archives } from "./archives";
import { cases } from "./cases";
import { conversations } from "./conversations";
import { knowledge } from "./knowledge";
import { oversight } from "./oversight";
import { people } from "./people";
import { tasks } from "./tasks";

export * from "./archives";
export * from "./cases";
export * from "./conversations";
export * from "./knowledge";
export * from "./oversight";
export * from "./people";
export * from "./tasks";
export { ApiError, Unreachable, whenUnauthorized } from "./http";

export const api = { ...people, ...conversations, ...cases, ...archives, ...tasks, ...oversight, ...knowledge };
