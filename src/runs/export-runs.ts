/** Writes the rollouts of runs in the format that a trainer reads. */
import { EXPORT_DEFAULTS, type ExportOptions } from "../export/exporter.ts";
import type { Filters } from "../export/choice/filters.ts";
import { Redaction } from "../export/choice/redact.ts";
import { exporterNamed } from "../export/registry.ts";
import type { ExportManifest } from "../export/manifest.ts";
import { writeExport } from "../export/write.ts";
import { version } from "../version.ts";
import { openRuns } from "./open-runs.ts";

/** What is exported, and how. */
export interface ExportRunsOptions extends Partial<Omit<ExportOptions, "version">> {
  /** A format's name, such as `trl-sft`, `trl-dpo`, `openai-chat` or `segments`. */
  readonly format: string;
  /** The file to write, or for formats of documents and tensors a folder; it must not exist. */
  readonly out: string;
  /** Which rollouts are kept; default: all that ended well. */
  readonly filters?: Filters;
  /** What is taken out of the texts: `email`, `key` and `ipv4`, or `NAME=REGEX` of your own. */
  readonly redact?: readonly string[];
  /** The name of a file beside each run that `rlm-gym reward` wrote, whose rewards stand in for the recorded ones. */
  readonly scored?: string;
  /** Writes rollouts of encrypted data sets in plain; by default each of their rows is encrypted. */
  readonly plain?: boolean;
  /** What the manifest says was asked for; default: these options. */
  readonly asked?: Readonly<Record<string, unknown>>;
}

/**
 * Writes `out` and a manifest beside it. `runs` are folders of runs, or files of native trajectories. Throws `UsageError` for
 * an unknown format or an output that exists, and `RLMError` if no rows are left.
 */
export async function exportRuns(
  runs: readonly string[],
  options: ExportRunsOptions,
): Promise<ExportManifest> {
  const { format, out, filters = {}, redact, scored, plain = false, asked, ...own } = options;
  const exporter = exporterNamed(format);
  const redaction = redact ? new Redaction(redact, exporter.needsTokens) : null;
  const { source, origins } = await openRuns([...new Set(runs)], scored, plain);
  const flags = asked ?? { ...own, ...filters };
  return writeExport({
    exporter,
    source,
    options: { ...EXPORT_DEFAULTS, ...own, version },
    filters,
    redaction,
    out,
    origin: { version, sources: origins, flags },
  });
}
