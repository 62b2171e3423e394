/** The page of changed texts. */

export const knowledge = {
  changed: {
    title: "条款更新",
    hint: "产品条款、指引和法规的新版本。读过以后请点“我已阅读”。",
    since: "从哪一天起",
    failed: "没能读到更新内容",
    retry: "再试一次",
    empty: "这段时间没有更新",
    whole: "这是新加入的内容，没有更早的版本。",
    read: "您已阅读",
    acknowledge: "我已阅读",
    unread: "还没有人确认阅读",
    readBy: (names: string) => `已阅读：${names}`,
    from: (version: string, day: string, approver: string) => `${version} 版，${day} 起施行，${approver} 审定`,
    against: (version: string, count: number) => `与 ${version} 版相比，${count} 处不同`,
    clause: "条款",
    before: "原来",
    now: "现在",
    kinds: { added: "新增", removed: "删除", changed: "修改" },
  },
};
