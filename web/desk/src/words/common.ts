/** The frame of the desk: pages, log-in, account, the live line, failures, help, time. */

export const common = {
  product: "保单专员工作台",
  brand: "保单专员",
  desk: "工作台",
  nav: {
    conversations: "会话",
    complaints: "投诉",
    requests: "申请",
    tasks: "待办",
    archives: "档案",
    wall: "看板",
    reports: "报表",
    audit: "审计",
    accounts: "账号",
  },

  login: {
    title: "登录工作台",
    hint: "请用您的工号账号登录",
    login: "账号",
    password: "密码",
    submit: "登录",
    empty: "请填写账号和密码。",
    wrong: "账号或密码不对，请再试一次。",
    locked: "错误次数过多，账号已暂时锁定，请稍后再试或联系主管。",
    unreachable: "连不上服务器，请检查网络后再试。",
    expired: "登录已过期，请重新登录。草稿还在。",
    capsLock: "大写锁定已打开",
    code: "动态码",
    codeHint: "打开验证器 App，输入 6 位动态码",
  },

  account: {
    number: (number: string) => `工号 ${number}`,
    logout: "退出登录",
    notify: "桌面提醒新排队",
    on: "已打开",
    off: "已关闭",
    notifyBlocked: "浏览器禁止了桌面提醒，请在地址栏的网站设置里允许。",
    dark: "切换到深色",
    light: "切换到浅色",
    help: "快捷键",
    menu: "账号菜单",
    security: "登录安全",
  },

  roles: { specialist: "专员", supervisor: "主管", auditor: "审计", admin: "管理员" } as Record<string, string>,
  skills: { policy: "保单服务", payment: "缴费续期", claim: "理赔", complaint: "投诉" } as Record<string, string>,
  channels: { web: "网页", wechat: "微信", cli: "终端" } as Record<string, string>,

  line: {
    live: "实时",
    connecting: "连接中…",
    lost: "连接断开，正在重连。列表可能不是最新的，您写的内容不会丢。",
    offline: "网络已断开。恢复后会自动重连，您写的内容不会丢。",
    back: "已恢复连接，内容已更新。",
  },

  failures: {
    already_claimed: "已被同事接入，列表已更新。",
    not_yours: "这个会话现在不归您接待，内容已更新。",
    wrong_mode: "会话状态刚刚变了，请看一下再操作。",
    forbidden: "您的角色不能做这个操作。",
    unreachable: "没有连上服务器，请检查网络后再试。",
    other: "没有成功，请再试一次；还不行请告诉主管。",
  },

  help: {
    title: "快捷键",
    close: "知道了",
    rows: [
      ["Alt + N", "打开等待最久的客户"],
      ["Alt + J", "下一个会话"],
      ["Alt + K", "上一个会话"],
      ["Alt + A", "接下一位"],
      ["/", "打开快捷回复（正在写字时，在空的输入框里按）；支持拼音和首字母"],
      ["Alt + Q", "查条款，引用到回复"],
      ["Ctrl + Enter", "发送（Mac：⌘ + Enter）"],
      ["Enter", "换行；选输入法候选字时不会发送"],
      ["Alt + I", "写备注 / 回到回复"],
      ["Alt + T", "转接"],
      ["Alt + E", "结束会话"],
      ["?", "打开这个说明"],
    ] as [string, string][],
  },

  presence: {
    label: "接待状态",
    states: { online: "在线", break: "小休", offline: "离线" } as Record<string, string>,
    hints: {
      online: "新客户会自动分给您",
      break: "不再分新客户，手上的会话继续",
      offline: "不再分新客户",
    } as Record<string, string>,
    cap: "同时接待上限",
    holding: (held: number, cap: number) => `${held}/${cap}`,
    away: "您还没上线，新客户不会自动分给您。",
    goOnline: "上线接待",
    takeNext: "接下一位",
    since: (time: string) => `${time}起`,
  },

  notification: { title: "有客户在等待", body: (why: string) => why || "请求人工服务" },

  time: {
    second: "秒",
    minute: "分",
    hour: "小时",
    day: "天",
    justNow: "刚刚",
    minutesAgo: (n: number) => `${n}分钟前`,
    today: "今天",
    yesterday: "昨天",
    date: (year: number | null, month: number, day: number) =>
      year === null ? `${month}月${day}日` : `${year}年${month}月${day}日`,
    noDue: "—",
    overdue: (n: number) => `已超 ${n} 天`,
    dueToday: "今天到期",
    daysLeft: (n: number) => `剩 ${n} 天`,
  },
};
