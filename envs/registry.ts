/** The environments that ship with the package, with the types of their names and options. */
import type { z } from "zod";
import type { Environment } from "../src/env/define.ts";
import { babilong } from "./babilong.ts";
import { browseComp, browseCompPlus } from "./browsecomp/browsecomp.ts";
import { browseCompLike } from "./browsecomp/browsecomp-like.ts";
import { craft } from "./craft/craft.ts";
import { evidence } from "./evidence/evidence.ts";
import { graphWalks } from "./graphwalks/graphwalks.ts";
import { codeQa } from "./longbench/code-qa.ts";
import { longBenchPro } from "./longbench/longbench-pro.ts";
import { longBenchV2 } from "./longbench/longbench-v2.ts";
import { longMemEval } from "./longmemeval.ts";
import { longCot } from "./longcot.ts";
import { mrcr } from "./mrcr.ts";
import { oolongPairs } from "./oolong/oolong-pairs.ts";
import { oolongReal } from "./oolong/oolong-real.ts";
import { oolong } from "./oolong/oolong.ts";
import { ruler } from "./ruler/ruler.ts";
import { sNiah } from "./s-niah/s-niah.ts";

/** Every environment that `make` knows by name. */
export const environments = [
  sNiah,
  oolong,
  oolongPairs,
  oolongReal,
  longBenchV2,
  codeQa,
  longBenchPro,
  longMemEval,
  graphWalks,
  mrcr,
  ruler,
  longCot,
  babilong,
  browseCompLike,
  browseComp,
  browseCompPlus,
  craft,
  evidence,
] as const;

type BuiltIn = (typeof environments)[number];

/** The names of the environments that ship with the package. */
export type EnvironmentName = BuiltIn["name"];

/** The type of a built-in environment. */
export type EnvironmentNamed<Name extends EnvironmentName> = Extract<BuiltIn, { readonly name: Name }>;

/** The options of an environment, such as `{ length: "32k" }` of `s-niah`: of a name or of a definition. */
export type OptionsOf<Chosen extends EnvironmentName | Environment> = z.input<
  (Chosen extends Environment ? Chosen : Extract<BuiltIn, { readonly name: Chosen }>)["options"]
>;
