import { defineConfig } from "vite";

// `INPHASE_VIEW` is the address of a running `inphase view`, for `npm run dev`.
const server = process.env["INPHASE_VIEW"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative addresses: the page lies in any folder of any web host.
  base: "./",
  build: {
    outDir: "../src/inphase/viewer/page",
    emptyOutDir: true,
    target: "es2022",
    // Small pictures stay files, and nothing is put in line, which the page's policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "^/(data|media|thumbnails)/": server } },
  test: { include: ["test/**/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
