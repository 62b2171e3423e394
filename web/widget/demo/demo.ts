/** The demo page around the widget: sentences to try, invented customers, and the text messages they would get. */

import type { BaodanChat } from "../src/element";

interface Customer {
  readonly name: string;
  readonly tail: string;
  readonly phone: string;
  readonly story: string;
}
const customers: readonly Customer[] = [
  { name: "王小明", tail: "124533", phone: "13800001001", story: "重疾险和百万医疗，不久要交费" },
  { name: "李雪梅", tail: "052367", phone: "13800001002", story: "定期寿险扣款失败，在宽限期" },
  { name: "陈志强", tail: "207136", phone: "13800001003", story: "重疾险已中止，还有一辆车" },
  { name: "刘桂芳", tail: "142022", phone: "13800001004", story: "分红险刚买，在犹豫期" },
  { name: "周秀英", tail: "093127", phone: "13800001007", story: "保单借款，养老年金快到领取日" },
  { name: "冯德全", tail: "153510", phone: "13800001011", story: "原来的手机号已经不用了" },
];
const ASK_EVERY = 1_500;
/** As long as a code lives (milliseconds). */
const CODE_LIVES = 5 * 60_000;
const PHONE_NUMBER = /^1\d{10}$/;

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const chat = byId<BaodanChat>("chat");
const phone = byId<HTMLInputElement>("phone");
const code = byId<HTMLOutputElement>("code");

function cell(text: string, label: string): HTMLTableCellElement {
  const element = document.createElement("td");
  element.textContent = text;
  element.dataset.label = label;
  return element;
}

function listCustomers(): void {
  for (const customer of customers) {
    const row = document.createElement("tr");
    const use = document.createElement("button");
    use.type = "button";
    use.textContent = customer.phone;
    use.title = "看这个号码收到的短信";
    use.addEventListener("click", () => {
      phone.value = customer.phone;
      void showCode();
      byId("sms").scrollIntoView({ block: "center" });
    });
    const number = cell("", "手机");
    number.append(use);
    row.append(cell(customer.name, "姓名"), cell(customer.tail, "证件后六位"), number, cell(customer.story, "情况"));
    byId("customers").append(row);
  }
}

function say(...parts: readonly (string | HTMLElement)[]): void {
  const holder = document.createElement("div");
  holder.append(...parts);
  if (holder.innerText !== code.innerText) code.replaceChildren(...parts);
}

async function showCode(): Promise<void> {
  const number = phone.value.trim();
  if (!PHONE_NUMBER.test(number)) return say("请输入 11 位手机号。");
  try {
    const response = await fetch(`/demo/sms?phone=${encodeURIComponent(number)}`);
    const answer = response.ok ? ((await response.json()) as { code?: string; sent_at?: string }) : {};
    if (phone.value.trim() !== number) return;
    if (!answer.code) return say("这个号码还没有收到短信。");
    if (answer.sent_at && Date.now() - Date.parse(answer.sent_at) > CODE_LIVES) return say("最近的验证码已经过期。");
    const digits = document.createElement("strong");
    digits.textContent = answer.code;
    const sent = answer.sent_at ? new Date(answer.sent_at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" }) : "";
    say("最新验证码 ", digits, sent ? `（${sent} 发出，5 分钟内有效）` : "");
  } catch {
    say("暂时连不上演示服务器。");
  }
}

listCustomers();
phone.addEventListener("input", () => void showCode());
setInterval(() => {
  if (document.visibilityState === "visible") void showCode();
}, ASK_EVERY);
void showCode();

void customElements.whenDefined("baodan-chat").then(() => {
  byId("start").addEventListener("click", () => chat.open());
  for (const button of byId("hints").querySelectorAll("button"))
    button.addEventListener("click", () => chat.compose(button.textContent ?? ""));
  if (matchMedia("(min-width: 1100px)").matches) chat.open({ focus: false });
});
