import type { ReactNode } from "react";
import { ConnectionBanner } from "./connection";
import { Sidebar } from "./sidebar";

/** List beside content; on a phone one of them at a time. */
export function Shell({ project, session, list, children }: {
  project?: string;
  session?: string;
  /** On a phone: show the list rather than the content. */
  list: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex h-dvh">
      <div className={`h-full w-72 shrink-0 border-r border-line max-md:w-full max-md:border-0 ${list ? "" : "max-md:hidden"}`}>
        <Sidebar project={project} session={session} />
      </div>
      <main className={`flex h-full min-w-0 flex-1 flex-col ${list ? "max-md:hidden" : ""}`}>
        <ConnectionBanner />
        {children}
      </main>
    </div>
  );
}
