// @ts-check
/**
 * Builds the viewer's page: one script and one style, with its library inside, so that the page needs no network. They lie where
 * the built package reads them.
 */
import { existsSync } from "node:fs";
import { build } from "esbuild";

// Without the packages of development there is nothing to build it of; rlm-gym view then says how to make it.
if (existsSync("node_modules/preact"))
  await build({
    entryPoints: [
      { in: "viewer/main.tsx", out: "app" },
      { in: "viewer/style.css", out: "app" },
    ],
    outdir: "dist/src/view/page",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    banner: { js: "/* With preact (https://preactjs.com), MIT License, (c) 2015-present Jason Miller */" },
    charset: "utf8",
    logLevel: "warning",
  });
else console.error("preact is not installed: the viewer's page is left out");
