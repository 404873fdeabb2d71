/**
 * The catalogue of ways out of the sandbox, by kind; docs/sandbox.md lists the kinds. A probe is code that prints REACHED if
 * it got out. `{file}` is a file of the host with a secret, `{folder}` a folder in which a successful probe would leave a
 * trace. To add a probe, put it into the file of its kind.
 */
import { DEEPER_PROBES } from "./deeper-probes.ts";
import { PROBES } from "./escape-probes.ts";
import { LASTING_PROBES } from "./lasting-probes.ts";
import { START_PROBES } from "./start-probes.ts";
import type { ProbeKind } from "./probe-kind.ts";

export const CATALOGUE: readonly ProbeKind[] = [
  ...PROBES,
  ...DEEPER_PROBES,
  ...LASTING_PROBES,
  ...START_PROBES,
];

/** All probes with their kinds. */
export const ALL_PROBES = CATALOGUE.flatMap(({ kind, probes }) =>
  probes.map(([name, code]) => ({ kind, name, code })),
);
