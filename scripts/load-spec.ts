/** Reads a reward's spec from the user's file: JSON, YAML, or a TypeScript module that exports `spec`. */
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { DEFAULT_REWARD } from "../src/rewards/cost.ts";
import { UsageError } from "../src/errors.ts";
import { parseSpec, type RewardSpec } from "../src/rewards/spec.ts";
import { loadModule } from "./load-module.ts";

export type NamedSpec = RewardSpec & { readonly name: string };

/** The spec with its name (the file's where it has none) and its custom terms loaded. Throws `UsageError`. */
export async function loadSpec(file: string, flag = "--spec"): Promise<NamedSpec> {
  if (file === "default") return { ...parseSpec(DEFAULT_REWARD), name: "default" };
  const given = /^\.[cm]?[jt]s$/.test(extname(file))
    ? (await loadModule(file, flag)).spec
    : await readPlain(file, flag);
  const spec = parseSpec(given, file);
  const terms = await Promise.all(
    Object.entries(spec.terms).map(async ([name, term]) => {
      if (term.type !== "custom" || term.file === undefined) return [name, term] as const;
      const module = await loadModule(resolve(dirname(file), term.file), `${file}: terms.${name}.file`);
      const run = module[term.export];
      if (typeof run !== "function")
        throw new UsageError(`${file}: terms.${name}: ${term.file} exports no function named ${term.export}`);
      return [name, { ...term, run: run as NonNullable<typeof term.run> }] as const;
    }),
  );
  const name = spec.name ?? basename(file, extname(file)).replaceAll(/[^\w.-]/g, "-");
  return { ...spec, name, terms: Object.fromEntries(terms) };
}

async function readPlain(file: string, flag: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new UsageError(`${flag} ${file}: cannot be read (${error.message})`, { cause: error });
  });
  try {
    if (extname(file) === ".json") return JSON.parse(text);
    const { parse } = await import("yaml");
    return parse(text);
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new UsageError(`${flag} ${file}: no JSON or YAML (${reason})`, { cause: error });
  }
}
