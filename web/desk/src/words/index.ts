/** Every word a specialist reads that does not come from the server, by page. */
import { audit } from "./audit";
import { cases } from "./cases";
import { common } from "./common";
import { conversations } from "./conversations";
import { knowledge } from "./knowledge";
import { oversight } from "./oversight";

export const words = { ...common, ...conversations, ...cases, ...oversight, ...audit, ...knowledge };
