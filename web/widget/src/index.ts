/** Registers `<baodan-chat>`; the only file a page loads. */

import { BaodanChat } from "./element";

if (!customElements.get("baodan-chat")) customElements.define("baodan-chat", BaodanChat);

declare global {
  interface HTMLElementTagNameMap {
    "baodan-chat": BaodanChat;
  }
}

export { BaodanChat };
