/** The program of a process that plays episodes for `rlm-gym rollout --processes N`: builds the run from the command's flags. */
import { playForCoordinator } from "../src/queue/processes/player.ts";
import { loadCurriculum } from "./input/load-curriculum.ts";
import { loadEnvironments } from "./input/load-environment.ts";
import { pacesOf } from "./flags/pace-flags.ts";
import { replPoolsFrom } from "./flags/repl-pool.ts";
import { askedFor } from "./verbs/rollout/asked.ts";
import type { ProcessSettings } from "./verbs/rollout/processes.ts";

playForCoordinator(async (settings, { paceOf }) => {
  const { flags, folder, interpreters } = settings as ProcessSettings;
  const curriculum = flags.curriculum === undefined ? null : await loadCurriculum(flags.curriculum);
  const environments = curriculum?.environments ?? (await loadEnvironments(flags.environment, flags.env));
  const run = await askedFor(environments, flags, curriculum ? { curriculum: curriculum.spec } : {});
  run.governor.share(pacesOf(flags, (_, name) => paceOf(name)));
  const { replsOf } = await replPoolsFrom(flags, interpreters);
  return { run, folder, replsOf };
});
