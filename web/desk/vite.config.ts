import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import { defineConfig } from "vite";

const api = process.env["BAODAN_DESK_API"] ?? "http://127.0.0.1:8081";

export default defineConfig({
  base: "./",
  plugins: [
    vue(),
    Components({ dirs: [], dts: "src/components.d.ts", resolvers: [ElementPlusResolver({ importStyle: "css" })] }),
  ],
  server: { proxy: { "/desk/api": api } },
  build: { target: "es2022", chunkSizeWarningLimit: 700 },
});
