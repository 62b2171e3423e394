import { createPinia } from "pinia";
import { createApp } from "vue";
import { whenUnauthorized } from "./api";
import App from "./App.vue";
import { startTheme } from "./lib/theme";
import { router } from "./router";
import { useSession } from "./stores/session";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./styles/tokens.css";
import "./styles/base.css";

startTheme();

const app = createApp(App).use(createPinia());
const session = useSession();

whenUnauthorized(() => {
  session.expire();
  const { name, fullPath } = router.currentRoute.value;
  if (name && name !== "login") void router.push({ name: "login", query: { to: fullPath } });
});

app.use(router).mount("#app");
