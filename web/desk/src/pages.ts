/** The pages of the desk: address, component, name in the header, and the roles that have it there. A new page is one entry. */
import type { RouteRecordRaw } from "vue-router";
import ConversationsPage from "./pages/ConversationsPage.vue";
import { useConversations } from "./stores/conversations";
import { useTasks } from "./stores/tasks";
import { useComplaints, useRequests } from "./stores/tickets";
import { words } from "./words";

export interface Page {
  name: string;
  path: string;
  title: string;
  component: NonNullable<RouteRecordRaw["component"]>;
  /** What waits there, for the badge. */
  count?: () => number;
  /** Roles that see it; without, everybody. */
  roles?: readonly string[];
}

const OVERSEEING = ["supervisor", "auditor", "admin"];
const unsettled = (items: readonly { open: boolean }[]) => items.filter((item) => item.open).length;

export const PAGES: readonly Page[] = [
  {
    name: "conversations",
    path: "c/:id?",
    title: words.nav.conversations,
    component: ConversationsPage,
    count: () => useConversations().waiting,
  },
  {
    name: "complaints",
    path: "complaints/:number?",
    title: words.nav.complaints,
    component: () => import("./pages/ComplaintsPage.vue"),
    count: () => unsettled(useComplaints().items),
  },
  {
    name: "requests",
    path: "requests/:number?",
    title: words.nav.requests,
    component: () => import("./pages/RequestsPage.vue"),
    count: () => unsettled(useRequests().items),
  },
  {
    name: "tasks",
    path: "tasks",
    title: words.nav.tasks,
    component: () => import("./pages/TasksPage.vue"),
    count: () => useTasks().items.length,
  },
  { name: "knowledge", path: "knowledge", title: words.changed.title, component: () => import("./pages/KnowledgePage.vue") },
  {
    name: "archives",
    path: "archives/:policy?",
    title: words.nav.archives,
    component: () => import("./pages/ArchivesPage.vue"),
  },
  { name: "wall", path: "wall", title: words.nav.wall, component: () => import("./pages/WallPage.vue"), roles: OVERSEEING },
  { name: "reports", path: "reports", title: words.nav.reports, component: () => import("./pages/ReportsPage.vue"), roles: OVERSEEING },
  { name: "audit", path: "audit", title: words.nav.audit, component: () => import("./pages/AuditPage.vue"), roles: OVERSEEING },
  {
    name: "accounts",
    path: "accounts",
    title: words.nav.accounts,
    component: () => import("./pages/AccountsPage.vue"),
    roles: ["auditor", "admin"],
  },
];

export const pagesFor = (role: string): readonly Page[] => PAGES.filter(({ roles }) => !roles || roles.includes(role));
