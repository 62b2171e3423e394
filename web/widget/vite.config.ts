import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = { target: "http://127.0.0.1:8080", ws: true };

/** Plain mode builds the one module that other pages load; mode "demo" adds the demo page beside it. */
export default defineConfig(({ mode }) =>
  mode === "demo"
    ? {
        root: here("demo"),
        build: { outDir: here("dist"), emptyOutDir: false, modulePreload: false, assetsInlineLimit: 0 },
        resolve: { alias: { "/baodan-chat.js": here("src/index.ts") } },
        server: { proxy: { "/api": backend, "/demo/": backend } },
      }
    : {
        build: {
          target: "es2022",
          lib: { entry: here("src/index.ts"), formats: ["es"], fileName: () => "baodan-chat.js" },
          rolldownOptions: { output: { minify: true } },
        },
        test: { include: ["tests/**/*.test.ts"] },
      },
);
