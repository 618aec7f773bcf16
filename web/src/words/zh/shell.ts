import type { shell as en } from "../en/shell";
import type { Translated } from "../translated";

export const shell: Translated<typeof en> = {
  "connection.live": "在线",
  "connection.live.long": "已连接",
  "connection.closed": "已关闭",
  "connection.closed.long": "连接已关闭。",
  "connection.signed-out": "你已退出登录。",
  "connection.connecting": "正在连接…",
  "connection.reconnecting": "等待重连",
  "connection.reconnecting.now": "正在重连…",
  "connection.attempt": "正在重连，第 {attempt} 次…",
  "connection.offline": "离线",
  "connection.offline.long": "此设备已离线。",
  "connection.stopped": "服务器已停止",
  "connection.stopped.long": "服务器已停止运行。",
  "connection.lost": "与服务器的连接已断开。",
  "connection.new-version": "有新版本",
  "connection.new-version.long": "服务器的版本与此页面不同。重新加载即可更新页面。",
  "time.now": "刚刚",
  "time.seconds": "{s} 秒",
  "time.minutes": "{min} 分钟",
  "time.minutes-seconds": "{min} 分 {s} 秒",
  "time.hours": "{h} 小时",
  "time.hours-minutes": "{h} 小时 {min} 分",
  "time.days": "{d} 天",
};
