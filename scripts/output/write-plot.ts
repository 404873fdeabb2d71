/** Writes pictures: to the file that `--plot` names, and a learning curve beside what was trained. */
import { join } from "node:path";
import { RLMError, UsageError } from "../../src/errors.ts";
import { renderPng, renderSvg, type TopLevelSpec } from "../../src/report/plot.ts";
import { writeAtomically } from "../../src/files/atomic-write.ts";

/** Throws `UsageError` for a name of another kind than SVG and PNG. */
export function expectPlotName(file: string | undefined): void {
  if (file !== undefined && !/\.(svg|png)$/.test(file))
    throw new UsageError(`--plot ${file}: expected a name that ends in .svg or .png`);
}

/** Throws `UsageError` where the packages for pictures are missing, and `RLMError` where the file cannot be written. */
export async function writePlot(file: string, spec: TopLevelSpec): Promise<void> {
  const svg = await renderSvg(spec);
  await writeAtomically(file, file.endsWith(".png") ? await renderPng(svg) : svg).catch((error: Error) => {
    throw new RLMError(`--plot ${file}: cannot be written (${error.message})`, { cause: error });
  });
}

/** Writes `curve.svg` and `curve.png` to the folder. What was trained is worth more than its picture: missing packages are a warning. */
export async function writeCurve(folder: string, spec: TopLevelSpec): Promise<void> {
  try {
    const svg = await renderSvg(spec);
    await writeAtomically(join(folder, "curve.svg"), svg);
    await writeAtomically(join(folder, "curve.png"), await renderPng(svg));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`rlm-gym: warning: no picture of the curve: ${error.message}\n`);
  }
}
