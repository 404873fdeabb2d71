/** Loads single environments without the others, whose modules take longer to load than an episode takes to play. */
import type { Environment } from "../src/env/define.ts";

/** The modules of the registry's environments, by name. One that is missing here is found all the same, with all others loaded. */
const ALONE: Readonly<Record<string, () => Promise<Environment>>> = {
  "s-niah": async () => (await import("./s-niah/s-niah.ts")).sNiah,
  oolong: async () => (await import("./oolong/oolong.ts")).oolong,
  "oolong-pairs": async () => (await import("./oolong/oolong-pairs.ts")).oolongPairs,
  "oolong-real": async () => (await import("./oolong/oolong-real.ts")).oolongReal,
  "longbench-v2": async () => (await import("./longbench/longbench-v2.ts")).longBenchV2,
  "code-qa": async () => (await import("./longbench/code-qa.ts")).codeQa,
  "longbench-pro": async () => (await import("./longbench/longbench-pro.ts")).longBenchPro,
  longmemeval: async () => (await import("./longmemeval.ts")).longMemEval,
  graphwalks: async () => (await import("./graphwalks/graphwalks.ts")).graphWalks,
  mrcr: async () => (await import("./mrcr.ts")).mrcr,
  ruler: async () => (await import("./ruler/ruler.ts")).ruler,
  longcot: async () => (await import("./longcot.ts")).longCot,
  babilong: async () => (await import("./babilong.ts")).babilong,
  "browsecomp-like": async () => (await import("./browsecomp/browsecomp-like.ts")).browseCompLike,
  browsecomp: async () => (await import("./browsecomp/browsecomp.ts")).browseComp,
  "browsecomp-plus": async () => (await import("./browsecomp/browsecomp.ts")).browseCompPlus,
  craft: async () => (await import("./craft/craft.ts")).craft,
  evidence: async () => (await import("./evidence/evidence.ts")).evidence,
};

/** The names whose environments load alone. */
export const namesAlone: readonly string[] = Object.keys(ALONE);

/** As `environmentNamed`, without the other environments if it can. Throws `UsageError` with the names that exist. */
export async function loadEnvironmentNamed(name: string): Promise<Environment> {
  if (Object.hasOwn(ALONE, name)) return await ALONE[name]!();
  return (await import("./make.ts")).environmentNamed(name);
}
