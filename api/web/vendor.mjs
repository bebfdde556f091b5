// Copies what the pages load from node_modules to static/vendor, each with its licence.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// React 18 and GraphiQL 3 are the last lines that ship one plain script each.
const FILES = {
  "@noble/ed25519": ["index.js"],
  react: ["umd/react.production.min.js"],
  "react-dom": ["umd/react-dom.production.min.js"],
  graphiql: ["graphiql.min.js", "graphiql.min.css"],
  "swagger-ui-dist": ["swagger-ui-bundle.js", "swagger-ui.css"],
  "zxing-wasm": ["dist/iife/reader/index.js", "dist/reader/zxing_reader.wasm"],
};

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "static", "vendor");
rmSync(target, { recursive: true, force: true });

for (const [name, files] of Object.entries(FILES)) {
  const source = join(here, "node_modules", name);
  const folder = join(target, name);
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    if (file.endsWith(".wasm")) {
      copyFileSync(join(source, file), join(folder, basename(file)));
      continue;
    }
    // Without the line that names a source map: it is not served.
    const text = readFileSync(join(source, file), "utf8");
    writeFileSync(join(folder, basename(file)), text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n"));
  }
  copyFileSync(join(source, "LICENSE"), join(folder, "LICENSE"));
}
