import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative addresses: the server may stand below a path (--public-url https://host/path).
  base: "./",
  plugins: [react(), tailwindcss()],
  test: {
    // jsdom, not happy-dom: under happy-dom DOMPurify let `onerror` and `<script>` through.
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./vitest.setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
