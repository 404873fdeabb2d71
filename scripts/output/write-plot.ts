/** Writes a picture to the file that `--plot` names. */
import { RLMError, UsageError } from "../../src/errors.ts";
import type { TopLevelSpec } from "../../src/report/plot.ts";
import { writeAtomically } from "../../src/files/atomic-write.ts";

/** Throws `UsageError` for a name of another kind than SVG and PNG. */
export function expectPlotName(file: string | undefined): void {
  if (file !== undefined && !/\.(svg|png)$/.test(file))
    throw new UsageError(`--plot ${file}: expected a name that ends in .svg or .png`);
}

export async function writePlot(file: string, spec: TopLevelSpec): Promise<void> {
  // Loaded here, since a table needs no plotting.
  const { renderPng, renderSvg } = await import("../../src/report/plot.ts");
  const svg = await renderSvg(spec);
  await writeAtomically(file, file.endsWith(".png") ? renderPng(svg) : svg).catch((error: Error) => {
    throw new RLMError(`--plot ${file}: cannot be written (${error.message})`, { cause: error });
  });
}
