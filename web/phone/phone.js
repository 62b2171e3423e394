/** A WeChat phone in a browser: shows the screen the platform keeps, and tells it what the hand does. */

const byId = (id) => document.getElementById(id);
const VIA = { passive: "随推送直接回复", custom: "客服消息", template: "模板消息" };
const LINK = /<a href="(https?:\/\/[^"]+)">([^<]*)<\/a>/g;
const RETRY_MS = 1500;

let socket = null;
let shown = 0;
let menuText = "";

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/demo/wechat/phone`);
  socket.addEventListener("message", (event) => draw(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    byId("state").textContent = "连接中断，正在重连";
    setTimeout(connect, RETRY_MS);
  });
}

function act(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

function element(tag, name, ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
}

function button(name, text, onClick) {
  const made = element("button", name, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** Text with the only markup WeChat knows: links. */
function rich(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(from, match.index));
    const link = element("a", "", match[2]);
    link.href = match[1];
    parts.push(link);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function menuMessage(entry) {
  const list = element("div", "choices");
  for (const item of entry.items) {
    if (item.id) list.append(button("choice", item.content, () => act({ do: "text", text: item.content, menu_id: item.id })));
    else if (item.content) list.append(element("p", "tail", item.content));
  }
  return element("div", "bubble", element("p", "words", ...rich(entry.text)), list);
}

function template(entry) {
  return element("div", "card", element("h3", "", "服务通知"), element("p", "words", entry.text));
}

function bubble(entry) {
  if (entry.kind === "menu") return menuMessage(entry);
  if (entry.kind === "template") return template(entry);
  return element("div", "bubble", element("p", "words", ...rich(entry.text)));
}

function line(entry) {
  if (entry.side === "note") return element("p", "note", entry.text);
  const face = element("span", "face", entry.side === "me" ? "我" : "安");
  face.ariaHidden = "true";
  const row = element("article", `line ${entry.side}`, face, bubble(entry));
  row.ariaLabel = entry.side === "me" ? "我" : "安和保险";
  return row;
}

function draw(phone) {
  const chat = byId("chat");
  if (phone.screen.length < shown) {
    chat.replaceChildren();
    shown = 0;
  }
  for (const [index, entry] of phone.screen.entries()) {
    if (index < shown) continue;
    const before = phone.screen[index - 1];
    if (!before || entry.at - before.at > 120) chat.append(element("p", "note", clock(entry.at)));
    chat.append(line(entry));
  }
  if (phone.screen.length > shown) chat.scrollTop = chat.scrollHeight;
  shown = phone.screen.length;
  byId("state").textContent = phone.typing ? "对方正在输入…" : "服务号";
  byId("left").textContent = `${phone.left} 条`;
  byId("via").textContent = VIA[phone.screen.findLast((entry) => entry.side === "them")?.via] ?? "—";
  byId("refuse").ariaPressed = String(phone.refuses);
  byId("asleep").hidden = phone.following;
  drawMenu(phone.menu);
}

function drawMenu(menu) {
  const text = JSON.stringify(menu);
  if (text === menuText) return;
  menuText = text;
  const columns = (menu?.button ?? []).map((column) => {
    const entries = element("div", "entries", ...column.sub_button.map(entryOf));
    entries.hidden = true;
    const head = button("column", `≡ ${column.name}`, () => {
      const open = entries.hidden;
      closeMenus();
      entries.hidden = !open;
      head.ariaExpanded = String(open);
    });
    head.ariaExpanded = "false";
    return element("div", "holder", entries, head);
  });
  byId("menu").replaceChildren(...columns);
}

function entryOf(entry) {
  return button("entry", entry.name, () => {
    closeMenus();
    if (entry.type === "view") location.href = entry.url;
    else act({ do: "click", key: entry.key });
  });
}

function closeMenus() {
  for (const entries of document.querySelectorAll(".entries")) entries.hidden = true;
  for (const head of document.querySelectorAll(".column")) head.ariaExpanded = "false";
}

function clock(at) {
  return new Date(at * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
}

function typeInstead(on) {
  byId("typing").hidden = !on;
  byId("menu").hidden = on;
  byId("switch").ariaPressed = String(on);
  byId("switch").ariaLabel = on ? "切换到菜单" : "切换到打字";
  if (on) byId("text").focus();
}

function send() {
  const text = byId("text").value.trim();
  if (!text) return;
  act({ do: "text", text });
  byId("text").value = "";
}

byId("switch").addEventListener("click", () => typeInstead(byId("typing").hidden));
byId("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
byId("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
byId("image").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  act({ do: "image", data: btoa(binary) });
});
byId("follow").addEventListener("click", () => act({ do: "follow" }));
for (const tool of document.querySelectorAll("[data-do]")) tool.addEventListener("click", () => act({ do: tool.dataset.do }));
byId("sms").addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch(`/demo/sms?phone=${encodeURIComponent(byId("number").value.trim())}`);
  byId("code").textContent = response.ok ? `最新验证码 ${(await response.json()).code}` : "这个号码还没有收到短信。";
});
setInterval(() => (byId("clock").textContent = clock(Date.now() / 1000)), 1000);
byId("clock").textContent = clock(Date.now() / 1000);
typeInstead(true);
connect();
