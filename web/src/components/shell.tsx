import type { ReactNode } from "react";
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
          {list && !wide ? <AloneList project={project} session={session} /> : children}
        </main>
      </div>
    </div>
  );
}

function AloneList({ project, session }: { project?: string; session?: string }) {
  return (
    <>
      <h1 className="sr-only">Sessions</h1>
      <Sidebar project={project} session={session} />
    </>
  );
}
