import type { Project } from "../protocol";
import { placeOf } from "../route";
import { say } from "../words";
import { FileTree } from "./file-tree";
import { FileView } from "./file-view";
import { Icon } from "./icons";
import { Link } from "./link";
import { useSession } from "./session-context";
import { useFolders } from "./use-folders";
import { useWide } from "./use-wide";
import { useWork } from "./use-work";

/** The project's files: the tree beside the file; on a phone one of them. */
export function FilesView({ project, path }: { project: Project; path?: string }) {
  const { feed } = useSession();
  const looks = useWork(feed);
  const tree = useFolders(project.id, looks, path);
  const wide = useWide();
  const shown = <FileTree tree={tree} name={project.name} session={feed.session} file={path} />;
  if (!wide) {
    return (
      <section data-testid="files" aria-label={say("changes.tab.files")} className="flex min-h-0 flex-1 flex-col">
        {path ? (
          <>
            <Link to={placeOf(feed.session, "files")} data-testid="files-back" className="target flex items-center gap-1.5 border-b border-line px-3 text-[0.8125rem] text-dim">
              <Icon name="back" size={15} />
              {say("files.back")}
            </Link>
            <FileView key={path} project={project} path={path} looks={looks} />
          </>
        ) : shown}
      </section>
    );
  }
  return (
    <section data-testid="files" aria-label={say("changes.tab.files")} className="flex min-h-0 flex-1">
      <div className="w-64 shrink-0 border-r border-line xl:w-72">{shown}</div>
      <div className="flex min-w-0 flex-1 flex-col">
        {path ? (
          <FileView key={path} project={project} path={path} looks={looks} />
        ) : (
          <p className="m-auto text-faint">{say("files.choose")}</p>
        )}
      </div>
    </section>
  );
}
