import { useEffect, useEffectEvent, useState } from "react";
import type { Problem, Result } from "../api";

export interface Requested<T> {
  value?: T;
  problem?: Problem;
  /** Asks again. */
  reload: () => void;
}

/** What a request gives; it is made anew when `key` changes. The last value stays until the next one comes. */
export function useRequest<T>(key: string, make: () => Promise<Result<T>>): Requested<T> {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<Omit<Requested<T>, "reload">>({});
  const ask = useEffectEvent(make);
  useEffect(() => {
    let wanted = true;
    void ask().then((answer) => {
      if (!wanted) return;
      setFound((was) => (answer.ok ? { value: answer.value } : { ...was, problem: answer.problem }));
    });
    return () => {
      wanted = false;
    };
  }, [key, attempt]);
  return {
    ...found,
    reload: () => {
      setAttempt(attempt + 1);
    },
  };
}
