/** Vite plugin: the offline worker of exactly this build (`sw.js`), and the icons as pictures, which some systems want. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { picture } from "./picture.mjs";

/** What the page opens with: its first script and style with all that these import at once, the other language, the small files. */
const FIRST = /^assets\/(index|style|zh)-[\w-]+\.(js|css)$/;
const SMALL = ["look.js", "icon.svg", "manifest.webmanifest", "icon-192.png"];
const PICTURES = { "icon-192.png": { size: 192 }, "icon-512.png": { size: 512 }, "icon-maskable.png": { size: 512, full: true }, "icon-apple.png": { size: 180, full: true } };

export function offline() {
  let folder = "";
  const first = new Set();
  return {
    name: "offline",
    apply: "build",
    configResolved({ build: { outDir }, root }) {
      folder = join(root, outDir);
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (!FIRST.test(file.fileName)) continue;
        first.add(file.fileName);
        for (const imported of file.imports ?? []) first.add(imported);
      }
    },
    // Once all is written: index.html is the last.
    closeBundle() {
      for (const [name, { size, full }] of Object.entries(PICTURES)) writeFileSync(join(folder, name), picture(size, full));
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      const version = createHash("sha256");
      for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) version.update(path.slice(folder.length)).update(readFileSync(path));
      const worker = readFileSync(new URL("offline-worker.js", import.meta.url), "utf8")
        .replace("__VERSION__", version.digest("hex").slice(0, 16))
        .replace("__SHELL__", JSON.stringify(["", ...first, ...SMALL]));
      writeFileSync(join(folder, "sw.js"), worker);
    },
  };
}
