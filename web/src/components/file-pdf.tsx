import { useEffect, useRef, useState, type ReactNode } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { OpenPdf, PdfProblem } from "../pdf";
import "../pdf.css";
import { say } from "../words";
import { Button, IconButton } from "./button";
import { Notice } from "./notice";
import { useSettled } from "./use-settled";

/** Pixels to all sides of a page. */
const EDGE = 12;
/** As wide as a page is made by itself, in pixels: wider lines are hard to read. */
const WIDEST = 960;
/** By the width that fits. */
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
/** ms of another size until pages are drawn anew; until then they are stretched. */
const SETTLED = 150;

/** A PDF's pages, one below the other. `links`: what is left to do where it cannot be shown. */
export function FilePdf({ path, address, links }: { path: string; address: string; links: ReactNode }) {
  const [attempt, setAttempt] = useState(0);
  const { pdf, problem } = useRead(address, attempt);
  if (problem) {
    return (
      <div className="mx-auto w-full max-w-lg p-4 pt-[10dvh]">
        <Notice
          icon="file"
          role="status"
          testid="pdf-problem"
          title={say(`files.pdf.${problem}`)}
          actions={<>{problem === "unreachable" && <Button onClick={() => { setAttempt(attempt + 1); }}>{say("notice.try-again")}</Button>}{links}</>}
        >
          {say(`files.pdf.${problem}.hint`)}
        </Notice>
      </div>
    );
  }
  if (!pdf) return <p role="status" className="m-auto text-faint">{say("changes.loading")}</p>;
  return <Pages path={path} pdf={pdf} />;
}

/** What stands there, until what is asked for now has been read. */
function useRead(address: string, attempt: number): { pdf?: OpenPdf; problem?: PdfProblem } {
  const [read, setRead] = useState<{ pdf?: OpenPdf; problem?: PdfProblem }>({});
  useEffect(() => {
    let wanted = true;
    const reading = import("../pdf").then(({ openPdf }) => openPdf(address));
    const show = (found: { pdf?: OpenPdf; problem?: PdfProblem }) => {
      if (wanted) setRead(found);
    };
    reading.then(({ found }) => found).then(show, () => { show({ problem: "unreachable" }); });
    return () => {
      wanted = false;
      reading.then(({ close }) => { close(); }, () => undefined);
    };
  }, [address, attempt]);
  return read;
}

function Pages({ path, pdf }: { path: string; pdf: OpenPdf }) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [room, setRoom] = useState(0);
  const [zoom, setZoom] = useState(ZOOMS.indexOf(1));
  const [page, setPage] = useState(1);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const resized = new ResizeObserver(() => { setRoom(element.clientWidth); });
    resized.observe(element);
    return () => { resized.disconnect(); };
  }, []);
  const width = Math.floor(Math.min(WIDEST, room - 2 * EDGE) * (ZOOMS[zoom] ?? 1));
  const drawn = useSettled(width, SETTLED);
  const look = () => {
    const { current } = list;
    if (!current) return;
    const { scrollOffset, viewportSize, scrollSize } = current;
    const end = scrollOffset > 0 && scrollOffset + viewportSize >= scrollSize - 1;
    setPage(end ? pdf.pages : current.findItemIndex(scrollOffset + viewportSize / 3) + 1);
  };
  const enlarge = (by: 1 | -1) => {
    const [pages, sight] = [list.current, box.current];
    setZoom(zoom + by);
    if (!pages || !sight) return;
    const at = pages.findItemIndex(pages.scrollOffset);
    const part = (pages.scrollOffset - pages.getItemOffset(at)) / pages.getItemSize(at);
    const middle = (sight.scrollLeft + sight.clientWidth / 2) / sight.scrollWidth;
    // Once the pages have their new size.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      pages.scrollToIndex(at, { align: "start", offset: part * pages.getItemSize(at) });
      sight.scrollLeft = middle * sight.scrollWidth - sight.clientWidth / 2;
    }));
  };
  return (
    <>
      <div role="toolbar" aria-label={say("files.pdf.view")} className="flex min-h-11 items-center gap-1 border-b border-line pr-1.5 pl-3.5 text-[0.8125rem] text-dim tabular-nums">
        <span data-testid="pdf-page" className="flex-1">{say("files.pdf.page", { page: Math.min(page, pdf.pages), pages: pdf.pages })}</span>
        <IconButton icon="minus" label={say("files.pdf.smaller")} testid="pdf-smaller" disabled={zoom === 0} onClick={() => { enlarge(-1); }} />
        <span data-testid="pdf-zoom" aria-live="polite" className="w-12 text-center">{(ZOOMS[zoom] ?? 1) * 100}%</span>
        <IconButton icon="plus" label={say("files.pdf.larger")} testid="pdf-larger" disabled={zoom === ZOOMS.length - 1} onClick={() => { enlarge(1); }} />
      </div>
      <div ref={box} data-testid="file-pdf" tabIndex={0} role="group" aria-label={say("files.text-of", { path })} className="min-h-0 flex-1 overflow-auto bg-panel outline-offset-[-2px]">
        {room > 0 && (
          <div style={{ minWidth: width + 2 * EDGE }} className="pb-[env(safe-area-inset-bottom)]">
            <Virtualizer ref={list} scrollRef={box} bufferSize={room} itemSize={width * pdf.shape + EDGE} onScroll={look}>
              {Array.from({ length: pdf.pages }, (_, at) => <Page key={at} pdf={pdf} number={at + 1} width={width} drawn={drawn} />)}
            </Virtualizer>
          </div>
        )}
      </div>
    </>
  );
}

/** One page, drawn while it is near the window: far from it, the list takes it out. */
function Page({ pdf, number, width, drawn }: { pdf: OpenPdf; number: number; width: number; drawn: number }) {
  const sheet = useRef<HTMLDivElement>(null);
  const [shape, setShape] = useState(pdf.shape);
  useEffect(() => {
    const gone = new AbortController();
    const draw = async () => {
      const page = await pdf.draw(number, drawn, gone.signal);
      setShape(page.shape);
      sheet.current?.replaceChildren(...page.parts);
    };
    // A page that cannot be drawn stays white; the others are there.
    draw().catch(() => undefined);
    return () => {
      gone.abort();
    };
  }, [pdf, number, drawn]);
  return (
    <div style={{ padding: `${EDGE}px ${EDGE}px 0` }}>
      <div
        ref={sheet}
        data-testid="pdf-sheet"
        data-page={number}
        role="group"
        aria-label={say("files.pdf.page", { page: number, pages: pdf.pages })}
        style={{ width, height: width * shape }}
        className="pdf-page relative mx-auto bg-white shadow-sm"
      />
    </div>
  );
}
