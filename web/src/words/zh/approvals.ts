import type { approvals as en } from "../en/approvals";
import type { Translated } from "../translated";

export const approvals: Translated<typeof en> = {
  "waiting.title": "等你处理",
  "waiting.bell": { other: "有 {n} 个问题等你回答" },
  "waiting.none": "没有等你处理的事",
  "waiting.none.why": "任何会话中的代理向你提问时，问题都会出现在这里，并可在这里直接回答。",
  "waiting.problem": "列表加载失败",
  "waiting.untitled": "新会话",

  "approvals.body": "具体内容",
  "approvals.your-answer": "你的回答",
  "approvals.your-prompt": "你的提示",
  "approvals.your-order": "你的操作",
  "approvals.taken": "已回答",
  "approvals.missing": "请填写标为必填的内容。",
  "approvals.needed": "（必填）",
  "approvals.closed.person": "未作回答即关闭",
  "approvals.closed.turn-ended": "未回答：这一轮已结束",
  "approvals.closed.agent": "已由代理关闭",
  "approvals.closed.server": "未回答：服务器已停止",
  "approvals.by.agent": "（由代理回答）",
  "approvals.by.server": "（由服务器回答）",
  "approvals.by.turn-ended": "（随本轮结束）",
  "approvals.elsewhere": "（已在别处回答）",
};
