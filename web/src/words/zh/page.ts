import type { page as en } from "../en/page";
import type { Translated } from "../translated";

export const page: Translated<typeof en> = {
  "page.what": "此页面",
  "page.unreachable": "Antiphon 没有响应",
  "page.nowhere": "此地址没有内容",
  "page.to-projects": "前往项目列表",
  "page.mistake": "页面出现了错误（{error}）。如果显示异常，请重新加载：不会丢失任何内容。",
  "session.rename": "重命名",
  "session.star": "加星标",
  "session.unstar": "取消星标",
  "session.trash": "移至回收站",
  "session.this": "此会话",
  "session.back": "返回会话列表",
  "session.title": "标题",
  "session.refused": "无法显示此会话",
  "session.again": "重试",
  "session.loading": "正在加载…",
  "session.trashed": "此会话在回收站中",
  "session.trashed.long": "恢复后即可继续。",
  "session.restore": "恢复",
};
