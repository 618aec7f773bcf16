/** Time for people: a clock that ticks while something shows it, and durations in words. */

import { useSyncExternalStore } from "react";
import { locale, say } from "./words";
import { timeIn } from "./words/formats";

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** ms since the Unix epoch, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** "4 s", "2 min 5 s", "1 h 12 min". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return say("time.seconds", { s: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10 && seconds % 60) return say("time.minutes-seconds", { min: minutes, s: seconds % 60 });
  if (minutes < 60) return say("time.minutes", { min: minutes });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? say("time.hours-minutes", { h: hours, min: minutes % 60 }) : say("time.hours", { h: hours });
}

/** "now", "5 min", "3 h", "2 d", then the date: how long ago, briefly. */
export function ago(at: number, since: number): string {
  const minutes = Math.floor((since - at) / 60_000);
  if (minutes < 1) return say("time.now");
  if (minutes < 60) return say("time.minutes", { min: minutes });
  if (minutes < 24 * 60) return say("time.hours", { h: Math.floor(minutes / 60) });
  if (minutes < 7 * 24 * 60) return say("time.days", { d: Math.floor(minutes / 60 / 24) });
  return timeIn(locale(), new Date(at), { day: "numeric", month: "short" });
}

/** "14:02", or with the day when it was not today. */
export function timeOfDay(at: number): string {
  const then = new Date(at);
  const today = then.toDateString() === new Date().toDateString();
  const time = { hour: "numeric", minute: "2-digit" } as const;
  return today
    ? timeIn(locale(), then, time)
    : timeIn(locale(), then, { ...time, day: "numeric", month: "short" });
}

/** "22 Nov", with the year when it is not this one. */
export function dayOf(at: number): string {
  const year = new Date(at).getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return timeIn(locale(), new Date(at), { day: "numeric", month: "short", year });
}
