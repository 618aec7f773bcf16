import type { ReactNode } from "react";
import { say } from "../words";
import { ConnectionBanner } from "./connection";
import { Sidebar } from "./sidebar";
import { useWide } from "./use-wide";

interface ShellProps {
  project?: string;
  session?: string;
  /** Where there is room for one only: the list rather than the content. */
  list: boolean;
  children: ReactNode;
}

/** List beside content; on a phone one of them at a time. */
export function Shell({ project, session, list, children }: ShellProps) {
  const wide = useWide();
  const alone = list && !wide;
  return (
    <div className="flex h-dvh flex-col">
      <ConnectionBanner />
      <div className="flex min-h-0 flex-1">
        {wide && (
          <div className="w-72 shrink-0 border-r border-line">
            <Sidebar project={project} session={session} />
          </div>
        )}
        <main className="flex min-w-0 flex-1 flex-col">
          {alone && <h1 className="sr-only">{say("list.sessions")}</h1>}
          {alone && <Sidebar project={project} session={session} />}
          {!alone && children}
        </main>
      </div>
    </div>
  );
}
