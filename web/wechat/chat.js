/** Gives the chat window the conversation of the WeChat account, before the window itself is loaded. */
const given = document.querySelector('meta[name="baodan-session"]');
localStorage.setItem(`baodan:${given.dataset.site}:session`, given.content);
given.remove();

customElements.whenDefined("baodan-chat").then(() => {
  const chat = document.getElementById("chat");
  document.getElementById("open").addEventListener("click", () => chat.open());
  chat.open({ focus: false });
});
