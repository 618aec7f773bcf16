import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { offline } from "./scripts/offline.mjs";
import { pdfFiles } from "./scripts/pdf-files.mjs";

/** `npm run dev`: the server whose REST and WebSocket the page uses. */
const server = process.env.ANTIPHON_URL ?? "http://127.0.0.1:8420";
// The server takes only its own Origin and Host.
const passOn = { target: server, changeOrigin: true, headers: { origin: server } };

/** The server gives the page its base; the development server has to do so too. */
const baseHref: Plugin = {
  name: "base-href",
  apply: "serve",
  transformIndexHtml: () => [{ tag: "base", attrs: { href: "/" }, injectTo: "head-prepend" }],
};

export default defineConfig({
  // Relative addresses: the server may stand below a path (--public-url https://host/path).
  base: "./",
  plugins: [react(), tailwindcss(), baseHref, pdfFiles(), offline()],
  // Settings, About: the licences of what is in the page.
  // One style sheet: a part of the page that comes later never comes without its own.
  build: { license: { fileName: "licenses.txt" }, cssCodeSplit: false },
  server: { proxy: { "/api": passOn, "/ws": { ...passOn, ws: true } } },
  test: {
    // jsdom, not happy-dom: under happy-dom DOMPurify let `onerror` and `<script>` through.
    environment: "jsdom",
    // A worker loads jsdom once, not for each file; each file still has its own globals and modules.
    pool: "vmThreads",
    maxWorkers: "100%",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./vitest.setup.ts"],
    // A slow machine is not a wrong page.
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
