/** The pages of the desk. The address keeps the open conversation, so that a reload or a shared link finds it again. */
import { createRouter, createWebHashHistory } from "vue-router";
import { PAGES } from "./pages";
import ShellPage from "./pages/ShellPage.vue";
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
        { path: "security", name: "security", component: () => import("./pages/SecurityPage.vue") },
        ...PAGES.map(({ path, name, component }) => ({ path, name, component })),
      ],
    },
    { path: "/:rest(.*)", redirect: "/" },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.name === "login") return true;
  try {
    if (!session.staff) await session.restore();
    return session.secondFactorNeeded && to.name !== "security" ? { name: "security" } : true;
  } catch {
    return { name: "login", query: to.fullPath === "/c" || to.fullPath === "/" ? {} : { to: to.fullPath } };
  }
});
