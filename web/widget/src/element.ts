/** `<baodan-chat site-key="…">`: puts the parts together and to the page. */

import { ChatClient, type ChatState } from "./client";
import type { Attachment } from "./protocol";
import { ChatStorage } from "./storage";
import sheetText from "./styles/widget.css?inline";
import { transcriptText } from "./transcript";
import { Banners } from "./ui/banners";
import { clauseReader } from "./ui/citation";
import { Composer } from "./ui/composer";
import { h, icon, setText, show } from "./ui/dom";
import { Header } from "./ui/header";
import { privacyView, startersView } from "./ui/message";
import { safeHref } from "./ui/text";
import { dateStamp } from "./ui/time";
import { Transcript } from "./ui/transcript";
import { followViewport } from "./ui/viewport";
import { words } from "./words";

/** As in the style sheet: the window fills the screen. */
const PHONE = "(max-width: 600px), (max-height: 480px)";

export class BaodanChat extends HTMLElement {
  /** Gives a fresh token of the own site for a signed-in customer; set it before the element is opened. */
  userToken: () => Promise<string | null> = () => Promise.resolve(null);

  private client!: ChatClient;
  private storage!: ChatStorage;
  private root!: HTMLElement;
  private header!: Header;
  private banners!: Banners;
  private transcript!: Transcript;
  private composer!: Composer;
  private panel!: HTMLElement;
  private privacy!: HTMLElement;
  private starters!: HTMLElement;
  private readonly badge = h("span", { class: "badge", hidden: true });
  private readonly launcherText = h("span", {}, words.launcher);
  private readonly launcher = h(
    "button",
    { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", "aria-haspopup": "dialog" },
    icon("chat"),
    this.launcherText,
    this.badge,
  );
  private leave: (() => void)[] = [];
  private scheduled = false;
  private wasLarge = false;

  connectedCallback(): void {
    const siteKey = this.getAttribute("site-key");
    if (!siteKey) throw new Error("baodan-chat: the attribute site-key is missing");
    if (!this.shadowRoot) this.build(siteKey);
    this.listen();
    if (this.storage.session) this.client.start();
  }

  disconnectedCallback(): void {
    this.client.stop();
    for (const leave of this.leave) leave();
    this.leave = [];
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  /** Shows the panel; `focus: false` leaves the focus where it is (when the page opens it by itself). */
  open({ focus = true }: { focus?: boolean } = {}): void {
    show(this.panel, true);
    this.root.classList.add("open");
    this.launcher.setAttribute("aria-expanded", "true");
    setText(this.launcherText, words.launcherClose);
    this.client.start();
    this.update();
    this.composer.resize();
    this.transcript.toBottom();
    if (!focus) return;
    if (matchMedia("(pointer: coarse)").matches) this.panel.focus({ preventScroll: true });
    else this.composer.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    const hadFocus = this.shadowRoot?.activeElement && this.panel.contains(this.shadowRoot.activeElement);
    show(this.panel, false);
    this.root.classList.remove("open");
    this.launcher.setAttribute("aria-expanded", "false");
    setText(this.launcherText, words.launcher);
    if (hadFocus) this.launcher.focus();
  }

  /** Opens the panel with these words ready to be sent. */
  compose(text: string): void {
    this.open({ focus: false });
    this.composer.fill(text);
    this.composer.focus();
  }

  /** Call it when the customer logs out of the site: this browser keeps nothing of the conversation. */
  forget(): void {
    this.client.forgetEverything();
    this.composer.fill("");
    this.close();
  }

  private build(siteKey: string): void {
    const server = this.getAttribute("server")?.replace(/\/+$/, "") || new URL(import.meta.url).origin;
    const name = this.getAttribute("name") || words.launcher;
    this.storage = new ChatStorage(siteKey);
    this.client = new ChatClient(
      {
        server,
        siteKey,
        storage: this.storage,
        network: { fetch: (url, init) => fetch(url, init), socket: (url) => new WebSocket(url) },
        userToken: () => this.userToken(),
        newId: randomId,
      },
      () => this.schedule(),
    );
    this.header = new Header(name, {
      human: () => this.client.say(words.humanText),
      large: () => this.setLarge(!this.storage.large),
      save: () => this.save(name),
      privacy: () => this.showPrivacy(),
      close: () => this.close(),
    });
    this.banners = new Banners({
      wake: () => this.client.wake(),
      cancelQueue: () => this.client.cancelQueue(),
      dismiss: () => this.client.dismiss(),
    });
    this.starters = startersView(this.starterTexts(), (text) => this.client.say(text));
    const privacyUrl = this.getAttribute("privacy-url");
    this.privacy = privacyView(privacyUrl && safeHref(new URL(privacyUrl, location.href).href));
    this.transcript = new Transcript(
      {
        choose: (choice) => this.client.choose(choice),
        openFile: (file) => void this.openFile(file),
        retry: (id) => this.client.retry(id),
        discard: (id) => this.client.discard(id),
        readClause: clauseReader(server),
        rate: (seq, score) => this.client.rate(seq, score),
        rated: (seq) => this.client.rated(seq),
      },
      this.privacy,
      this.starters,
    );
    this.composer = new Composer(
      {
        say: (text) => this.client.say(text),
        typing: () => this.client.typing(),
        upload: (file) => void this.client.upload(file),
      },
      `baodan:${siteKey}:draft`,
    );
    this.panel = h(
      "section",
      { id: "panel", class: "panel", role: "dialog", "aria-modal": "false", "aria-label": words.dialog(name), tabindex: -1, hidden: true },
      this.header.element,
      this.banners.element,
      this.transcript.element,
      this.composer.element,
    );
    this.root = h("div", { class: "root" }, this.panel, this.launcher);
    this.launcher.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    this.panel.addEventListener("keydown", (event) => this.onKey(event));
    this.setLarge(this.storage.large);
    dress(this.attachShadow({ mode: "open" }), sheetText).append(this.root);
  }

  private starterTexts(): readonly string[] {
    const own = this.getAttribute("starters");
    return own === null ? words.starters : own.split("|").filter(Boolean);
  }

  private listen(): void {
    const wake = () => {
      this.client.wake();
      this.schedule();
    };
    for (const [target, name] of [
      [window, "online"],
      [window, "offline"],
      [window, "focus"],
      [document, "visibilitychange"],
    ] as const) {
      target.addEventListener(name, wake);
      this.leave.push(() => target.removeEventListener(name, wake));
    }
    this.leave.push(followViewport(this.root, () => this.isOpen && matchMedia(PHONE).matches));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
    event.stopPropagation();
    if (!this.header.closeMenu()) this.close();
  }

  private setLarge(on: boolean): void {
    this.storage.large = on;
    this.update();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.update();
    });
  }

  private update(): void {
    const { state } = this.client;
    if (this.root.classList.toggle("large", this.storage.large) !== this.wasLarge) {
      this.wasLarge = this.storage.large;
      this.composer.resize();
    }
    this.header.update(state, this.storage.large);
    this.banners.update(state, !navigator.onLine);
    this.transcript.update(state, this.client.openChoices());
    this.showStarters(state);
    if (this.isOpen && document.visibilityState === "visible") this.client.markRead();
    const unread = this.isOpen ? 0 : this.client.unread();
    show(this.badge, unread > 0);
    this.badge.replaceChildren(...(unread > 0 ? [String(Math.min(unread, 99)), h("span", { class: "unseen" }, words.unread(unread))] : []));
  }

  /** The examples go once the customer has written. */
  private showStarters(state: ChatState): void {
    const written = state.log.entries.some((entry) => entry.kind === "message" && entry.origin === "customer");
    show(this.starters, state.phase === "online" && !written && state.outbox.length === 0);
  }

  private showPrivacy(): void {
    this.privacy.scrollIntoView({ block: "start" });
    this.privacy.focus({ preventScroll: true });
  }

  private save(name: string): void {
    const now = new Date();
    const text = transcriptText(this.client.state.log.entries, name, now);
    handOut(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }), words.fileName(dateStamp(now)));
  }

  private async openFile(file: Attachment): Promise<void> {
    const content = await this.client.download(file.file);
    if (content) handOut(content, file.name);
  }
}

function handOut(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Constructable style sheets where there are any (they need no exception in a content security policy). */
function dress(shadow: ShadowRoot, css: string): ShadowRoot {
  if ("adoptedStyleSheets" in shadow) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } else {
    (shadow as ShadowRoot).append(h("style", {}, css));
  }
  return shadow;
}

/** 128 random bits; `crypto.randomUUID` exists on secure pages only. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
