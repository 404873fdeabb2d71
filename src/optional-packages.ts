/** Packages that only some users need: optional peers. If one is missing, the error contains the line that installs it. */
import { UsageError } from "./errors.ts";

/** The packages of each part, as arguments of `npm install`. */
export const OPTIONAL_PACKAGES = {
  training: [
    "@tensorflow/tfjs-core@4",
    "@tensorflow/tfjs-layers@4",
    "@tensorflow/tfjs-backend-cpu@4",
    "@tensorflow/tfjs-backend-wasm@4",
  ],
  "the server": ["fastify@5", "@fastify/websocket@11", "prom-client@15", "@lezer/python@1"],
  "the gateway": ["fastify@5", "prom-client@15"],
  pictures: ["vega@5", "vega-lite@5", "@resvg/resvg-js@2"],
} as const;

/** A part of the package that needs optional packages. */
export type OptionalPart = keyof typeof OPTIONAL_PACKAGES;

/** Loads a part. Throws `UsageError` that says what to install if one of its packages is missing. */
export async function withPackages<T>(part: OptionalPart, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing = missingPackage(error);
    const packages: readonly string[] = OPTIONAL_PACKAGES[part];
    if (missing === null || !packages.some((name) => name.startsWith(`${missing}@`))) throw error;
    throw new UsageError(
      `${part}: the package ${missing} is missing; install what ${part} needs: npm install ${packages.join(" ")}`,
      { cause: error },
    );
  }
}

/** The package that an import did not find; null for any other error. */
function missingPackage(error: unknown): string | null {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND")
    return null;
  return /^Cannot find package '((?:@[^/']+\/)?[^/']+)/.exec(error.message)?.[1] ?? null;
}
