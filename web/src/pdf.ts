/** PDFs by PDF.js: read in a worker of its own; no script of theirs runs, and nothing is asked of another host. */

import { getDocument, GlobalWorkerOptions, PasswordException, ResponseException, TextLayer, version } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PDFDocumentProxy, PDFPageProxy, PageViewport } from "pdfjs-dist";
import worker from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import { address } from "./address";

/** Pixels that a page is drawn with at most: phones draw nothing at all on a canvas of more. */
const CANVAS_PIXELS = 16_000_000;
/** Pixels of a picture in a PDF above which it is left out. */
const PICTURE_PIXELS = 100_000_000;
const LINKS = /^(https?|mailto):/;

/** web/scripts/pdf-files.mjs puts them there. */
const files = (folder: string) => new URL(address(`assets/pdfjs-${version}/${folder}/`), document.baseURI).href;

export type PdfProblem = "locked" | "unreachable" | "broken";

export interface OpenPdf {
  pages: number;
  /** Height by width of the first page; most others are like it. */
  shape: number;
  /** A page as wide as `width` CSS pixels: its picture, its words over it to be chosen and heard, its links to the web. Raises when `signal` aborts. */
  draw: (number: number, width: number, signal: AbortSignal) => Promise<{ shape: number; parts: HTMLElement[] }>;
}

type Found = { pdf: OpenPdf; problem?: never } | { pdf?: never; problem: PdfProblem };

/** Begins to read; `close` ends it, and frees all that was read. */
export function openPdf(url: string): { found: Promise<Found>; close: () => void } {
  GlobalWorkerOptions.workerSrc = worker;
  const task = getDocument({
    url: new URL(url, document.baseURI).href,
    cMapUrl: files("cmaps"),
    standardFontDataUrl: files("standard_fonts"),
    wasmUrl: files("wasm"),
    // The page's policy lets no WebAssembly run.
    useWasm: false,
    maxImageSize: PICTURE_PIXELS,
    enableXfa: false,
    disableRange: true,
    disableWorkerRendering: true,
    verbosity: 0,
  });
  const found = task.promise.then(opened).then((pdf) => ({ pdf }), (error: unknown) => ({ problem: problemOf(error) }));
  return { found, close: () => void task.destroy() };
}

async function opened(pdf: PDFDocumentProxy): Promise<OpenPdf> {
  return {
    pages: pdf.numPages,
    shape: shapeOf(await pdf.getPage(1)),
    draw: async (number, width, signal) => {
      const page = await pdf.getPage(number);
      signal.throwIfAborted();
      const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
      const [canvas, words, links] = await Promise.all([drawn(page, viewport, signal), wordsOf(page, viewport, signal), linksOf(page, viewport)]);
      signal.throwIfAborted();
      return { shape: shapeOf(page), parts: [canvas, words, ...links] };
    },
  };
}

function problemOf(error: unknown): PdfProblem {
  if (error instanceof PasswordException) return "locked";
  return error instanceof ResponseException ? "unreachable" : "broken";
}

function shapeOf(page: PDFPageProxy): number {
  const { width, height } = page.getViewport({ scale: 1 });
  return height / width;
}

async function drawn(page: PDFPageProxy, viewport: PageViewport, signal: AbortSignal): Promise<HTMLCanvasElement> {
  const sharpness = Math.min(devicePixelRatio, Math.sqrt(CANVAS_PIXELS / (viewport.width * viewport.height)));
  const pixels = page.getViewport({ scale: viewport.scale * sharpness });
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(pixels.width);
  canvas.height = Math.floor(pixels.height);
  canvas.ariaHidden = "true";
  const task = page.render({ canvas, viewport: pixels });
  signal.addEventListener("abort", () => { task.cancel(); });
  await task.promise;
  return canvas;
}

async function wordsOf(page: PDFPageProxy, viewport: PageViewport, signal: AbortSignal): Promise<HTMLElement> {
  const container = document.createElement("div");
  container.className = "pdf-words";
  container.style.setProperty("--total-scale-factor", String(viewport.scale));
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container, viewport });
  signal.addEventListener("abort", () => { layer.cancel(); });
  await layer.render();
  return container;
}

interface LinkAnnotation {
  subtype: string;
  url?: string;
  rect: number[];
}

async function linksOf(page: PDFPageProxy, viewport: PageViewport): Promise<HTMLElement[]> {
  const annotations = (await page.getAnnotations()) as LinkAnnotation[];
  return annotations.flatMap(({ subtype, url, rect }) => {
    if (subtype !== "Link" || !url || !LINKS.test(url)) return [];
    const [left = 0, top = 0, right = 0, bottom = 0] = rect;
    const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(left, top) as number[];
    const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(right, bottom) as number[];
    const part = (length: number, whole: number) => `${(100 * length) / whole}%`;
    const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener noreferrer", title: url, ariaLabel: url, className: "pdf-link" });
    link.style.left = part(Math.min(x1, x2), viewport.width);
    link.style.top = part(Math.min(y1, y2), viewport.height);
    link.style.width = part(Math.abs(x2 - x1), viewport.width);
    link.style.height = part(Math.abs(y2 - y1), viewport.height);
    return [link];
  });
}
