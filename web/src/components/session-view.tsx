import { Suspense, useEffect, useMemo } from "react";
import { changeSession, fetchSession } from "../api";
import { go, type SessionRoute } from "../route";
import { useStore } from "../store";
import { useTitle } from "../title";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dock } from "./dock";
import { Notice } from "./notice";
import { part } from "./part";
import { PromptDialogs } from "./prompt-actions";
import { ServerWords } from "./server-words";
import { SessionContext, useSession } from "./session-context";
import { SessionHeader } from "./session-header";
import { titleOf } from "./session-row";
import { Transcript } from "./transcript";
import { TrustNotice } from "./trust-dialog";

const SessionFolder = part(async () => (await import("./changes-folder")).SessionFolder);

/**
 * One session: its conversation, and where to write; or what changed in its folder, or the files there.
 * From one session to another only what keeps something of its own is made anew (it has a `key`): the frame stays, and
 * another session is there sooner.
 */
export function SessionView({ here: { session, tab, of } }: { here: SessionRoute }) {
  const client = useClient();
  const feed = client.feed(session);
  const row = useStore(client.lists.view, ({ rows }) => rows.get(session));
  const providers = useStore(client.lists.view, (lists) => lists.providers);
  const agent = providers?.find(({ id }) => id === row?.provider);
  const provider = row?.provider ?? "";
  const folder = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === row?.project)?.path ?? "");
  const shown = useMemo(() => ({ feed, provider, agent, folder }), [feed, provider, agent, folder]);
  const known = row !== undefined;

  useEffect(() => {
    if (known) return;
    void fetchSession(session).then((answer) => {
      if (answer.ok) client.lists.put(answer.value);
    });
  }, [client, session, known]);
  useTitle(titleOf(row));

  return (
    <SessionContext value={shown}>
      <SessionHeader session={session} row={row} />
      {tab === "conversation" ? (
        <Conversation trashed={row?.trashed ?? false} project={row?.project} />
      ) : (
        <Suspense fallback={<p role="status" className="m-auto text-faint">{say("session.loading")}</p>}>
          <SessionFolder key={session} tab={tab} of={of} project={row?.project} />
        </Suspense>
      )}
    </SessionContext>
  );
}

function Conversation({ trashed, project: id }: { trashed: boolean; project?: string }) {
  const client = useClient();
  const { feed } = useSession();
  const phase = useStore(feed.view, (view) => view.phase);
  const refused = useStore(feed.view, (view) => view.refused);
  const empty = useStore(feed.view, ({ state }) => state.turns.length === 0);
  const project = useStore(client.lists.view, ({ projects }) => projects?.find((one) => one.id === id));
  if (phase === "refused" && refused) {
    return (
      <div className="m-auto max-w-md p-6">
        <Notice
          tone="bad"
          icon="alert"
          role="alert"
          testid="refused"
          title={say("session.refused")}
          actions={
            <>
              <Button onClick={() => { feed.subscribe(); }}>{say("session.again")}</Button>
              <Button look="primary" onClick={() => { go(""); }}>{say("page.to-projects")}</Button>
            </>
          }
        >
          <ServerWords text={refused.message} />
        </Notice>
      </div>
    );
  }
  return (
    <>
      <Transcript loading={phase === "loading" && empty} />
      <PromptDialogs key={feed.session} />
      {project && !project.trusted && <div className="mx-auto w-full max-w-3xl px-4 pb-2 sm:px-6"><TrustNotice key={project.id} project={project} /></div>}
      {trashed ? <Trashed session={feed.session} /> : <Dock />}
    </>
  );
}

function Trashed({ session }: { session: string }) {
  const client = useClient();
  const restore = async () => {
    const answer = await changeSession(session, { trashed: false });
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
  };
  return (
    <div className="mx-auto w-full max-w-3xl px-4 pb-3 sm:px-6">
      <Notice icon="trash" title={say("session.trashed")} actions={<Button look="primary" testid="restore" onClick={() => void restore()}>{say("session.restore")}</Button>}>
        {say("session.trashed.long")}
      </Notice>
    </div>
  );
}
