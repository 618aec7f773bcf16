/** Vite plugin: what PDF.js asks for while it reads (fonts, character maps, decoders), as files of the page below its version. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = dirname(fileURLToPath(import.meta.resolve("pdfjs-dist/package.json")));
const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
/** Where web/src/pdf.ts looks for them. The version is in it: browsers keep them for ever. */
const BELOW = `assets/pdfjs-${version}`;
/** WebAssembly may not run in the page, so its stand-ins do; nothing of what runs a PDF's own scripts is among them. */
const WANTED = { cmaps: /./, standard_fonts: /./, wasm: /_nowasm_fallback\.js$|^LICENSE_(PDFJS_)?(JBIG2|OPENJPEG)$/ };

export function pdfFiles() {
  const files = Object.entries(WANTED).flatMap(([folder, wanted]) =>
    readdirSync(join(PACKAGE, folder)).filter((name) => wanted.test(name)).map((name) => `${folder}/${name}`),
  );
  return {
    name: "pdf-files",
    generateBundle() {
      for (const file of files) this.emitFile({ type: "asset", fileName: `${BELOW}/${file}`, source: readFileSync(join(PACKAGE, file)) });
    },
    configureServer({ middlewares }) {
      middlewares.use(`/${BELOW}`, ({ url = "" }, response, next) => {
        const file = files.find((each) => url.slice(1) === each);
        if (!file) return next();
        if (basename(file).endsWith(".js")) response.setHeader("content-type", "text/javascript");
        response.end(readFileSync(join(PACKAGE, file)));
      });
    },
  };
}
