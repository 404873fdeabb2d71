/** Writes pictures: to the file that `--plot` names, and the learning curve beside a trained policy. */
import { join } from "node:path";
import { RLMError, UsageError } from "../../src/errors.ts";
import { renderPng, renderSvg, type TopLevelSpec } from "../../src/report/plot.ts";
import { writeAtomically } from "../../src/files/atomic-write.ts";

/** Throws `UsageError` for a name that ends in neither .svg nor .png. */
export function expectPlotName(file: string | undefined): void {
  if (file !== undefined && !/\.(svg|png)$/.test(file))
    throw new UsageError(`--plot ${file}: expected a name that ends in .svg or .png`);
}

/** Throws `UsageError` for a name that does not end in .html. */
export function expectPageName(file: string | undefined): void {
  if (file !== undefined && !file.endsWith(".html"))
    throw new UsageError(`--html ${file}: expected a name that ends in .html`);
}

/** Throws `RLMError` if the file cannot be written. */
export async function writePage(file: string, page: string): Promise<void> {
  await writeAtomically(file, page).catch((error: Error) => {
    throw new RLMError(`--html ${file}: cannot be written (${error.message})`, { cause: error });
  });
}

/** Throws `UsageError` if the packages for pictures are missing, and `RLMError` if the file cannot be written. */
export async function writePlot(file: string, spec: TopLevelSpec): Promise<void> {
  const svg = await renderSvg(spec);
  await writeAtomically(file, file.endsWith(".png") ? await renderPng(svg) : svg).catch((error: Error) => {
    throw new RLMError(`--plot ${file}: cannot be written (${error.message})`, { cause: error });
  });
}

/** Writes `curve.svg` and `curve.png` to the folder. The trained policy matters more than its picture, so missing packages are only a warning. */
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
