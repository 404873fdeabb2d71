/** Reads a reward spec from the user's file: JSON, YAML, or a TypeScript module that exports `spec`. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { DEFAULT_REWARD } from "../../src/rewards/cost.ts";
import { UsageError } from "../../src/errors.ts";
import { parseSpec, type RewardSpec, type StepSpec } from "../../src/rewards/spec.ts";
import type { TermSpec } from "../../src/rewards/terms.ts";
import { isNestedTooDeeply, MOST_LEVELS } from "../../src/files/json-depth.ts";
import { loadModule } from "./load-module.ts";
import { parseYaml } from "./parse-yaml.ts";

export type NamedSpec = RewardSpec & { readonly name: string };

/** The spec, with its name (by default the file's) and its custom terms loaded. Throws `UsageError`. */
export async function loadSpec(file: string, flag = "--spec"): Promise<NamedSpec> {
  if (file === "default") return { ...parseSpec(DEFAULT_REWARD), name: "default" };
  const given = /^\.[cm]?[jt]s$/.test(extname(file))
    ? (await loadModule(file, flag)).spec
    : await readPlain(file, flag);
  const spec = parseSpec(given, file);
  const loaded = async <Part extends TermSpec | StepSpec>(parts: Record<string, Part>, kind: string) => {
    const entries = Object.entries(parts).map(async ([name, part]) => {
      if (part.type !== "custom" || part.file === undefined) return [name, part] as const;
      const where = `${file}: ${kind}.${name}`;
      const module = await loadModule(resolve(dirname(file), part.file), `${where}.file`);
      const run = module[part.export];
      if (typeof run !== "function")
        throw new UsageError(`${where}: ${part.file} exports no function named ${part.export}`);
      return [name, { ...part, run }] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<string, Part>;
  };
  const [terms, steps] = [await loaded(spec.terms, "terms"), await loaded(spec.steps, "steps")];
  const name = spec.name ?? basename(file, extname(file)).replaceAll(/[^\w.-]/g, "-");
  return { ...spec, name, terms, steps };
}

/** A spec has some terms; more bytes are none. */
const MOST_SPEC_BYTES = 20_000;

/** The content of a small file of JSON or YAML. @param flag that named it. Throws `UsageError`. */
export async function readPlain(file: string, flag: string): Promise<unknown> {
  const refuse = (error: Error) => {
    throw new UsageError(`${flag} ${file}: cannot be read (${error.message})`, { cause: error });
  };
  const { size } = await stat(file).catch(refuse);
  if (size > MOST_SPEC_BYTES)
    throw new UsageError(`${flag} ${file}: it has ${size} bytes; a spec has at most ${MOST_SPEC_BYTES}`);
  const text = await readFile(file, "utf8").catch(refuse);
  try {
    const given = extname(file) === ".json" ? (JSON.parse(text) as unknown) : await parseYaml(text);
    if (isNestedTooDeeply(given)) throw new Error(`nested at more than ${MOST_LEVELS} levels`);
    return given;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new UsageError(`${flag} ${file}: expected JSON or YAML (${reason})`, { cause: error });
  }
}
