/** The pages of the desk. The address keeps the open conversation, so that a reload or a shared link finds it again. */
import { createRouter, createWebHashHistory } from "vue-router";
import ShellPage from "./pages/ShellPage.vue";
import ConversationsPage from "./pages/ConversationsPage.vue";
import { useSession } from "./stores/session";

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/login", name: "login", component: () => import("./pages/LoginPage.vue") },
    {
      path: "/",
      component: ShellPage,
      children: [
        { path: "", redirect: { name: "conversations" } },
        { path: "c/:id?", name: "conversations", component: ConversationsPage },
        { path: "complaints/:number?", name: "complaints", component: () => import("./pages/ComplaintsPage.vue") },
        { path: "knowledge", name: "knowledge", component: () => import("./pages/KnowledgePage.vue") },
        { path: "requests/:number?", name: "requests", component: () => import("./pages/RequestsPage.vue") },
      ],
    },
    { path: "/:rest(.*)", redirect: "/" },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.name === "login" || session.staff) return true;
  try {
    await session.restore();
    return true;
  } catch {
    return { name: "login", query: to.fullPath === "/c" || to.fullPath === "/" ? {} : { to: to.fullPath } };
  }
});
