/** The page's files as the build made them, and the policy under which a browser runs them. */
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { RLMError } from "../errors.ts";

/** The page's script and style. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** Beside this file in the package; in a checkout, where the build put them. */
const PLACES = ["./page/", "../../dist/src/view/page/"].map((place) => new URL(place, import.meta.url));

/** Throws `RLMError` where the page was not built. */
export function readAssets(): Assets {
  const place = PLACES.find((url) => existsSync(new URL("app.js", url)));
  if (place === undefined)
    throw new RLMError("the viewer's page is not built; `npm run build` in the checkout makes it");
  const read = (name: string) => readFileSync(fileURLToPath(new URL(name, place)), "utf8");
  return { script: read("app.js"), style: read("app.css") };
}

const NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'";

/** For the served page: its own two files and its own data, and nothing that stands inside the page. */
export const SERVED_POLICY = `${NOTHING_ELSE}; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'`;

/** For a written file: these two texts by their hashes, and no network at all. */
export function writtenPolicy({ script, style }: Assets): string {
  return `${NOTHING_ELSE}; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}

/** The head and body of a page, around whatever is put into them. */
export function pageHtml(head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>rlm-gym view</title>
${head}
</head>
<body>
<div id="app"><p class="waiting">Reading the run…</p></div>
<noscript>The viewer needs JavaScript; rlm-gym show prints the same in a terminal.</noscript>
${body}
</body>
</html>
`;
}
