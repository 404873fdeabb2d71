/** The environments that ship with the package. */
import { browseComp, browseCompPlus } from "./browsecomp.ts";
import { browseCompLike } from "./browsecomp-like.ts";
import { codeQa } from "./code-qa.ts";
import type { Environment } from "../src/env/define.ts";
import { oolongPairs } from "./oolong-pairs.ts";
import { oolongReal } from "./oolong-real.ts";
import { oolong } from "./oolong.ts";
import { sNiah } from "./s-niah.ts";

export const environments: readonly Environment[] = [
  sNiah,
  oolong,
  oolongPairs,
  oolongReal,
  codeQa,
  browseCompLike,
  browseComp,
  browseCompPlus,
];
