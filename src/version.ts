/** The package's version from its package.json, in a checkout as in an installation. */
import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url)("rlm-gym/package.json") as { readonly version: string };

export const version: string = manifest.version;
