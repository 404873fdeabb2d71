/** One trial of a fuzz: it ends in time, only as it may, and leaves nothing outside its folder. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { RLMError } from "../../../src/errors.ts";

/** No trial holds so much that it could take longer. */
const HANG_SECONDS = 60;

/** A folder for a trial, among others that it must not touch. */
export class TrialFolder {
  readonly root = mkdtempSync(join(tmpdir(), "rlm-gym-fuzz-"));
  readonly folder = join(this.root, "given", "deep", "folder");
  readonly #before: string;

  constructor() {
    this.clear();
    mkdirSync(join(this.root, "contexts"));
    writeFileSync(join(this.root, "canary"), "untouched");
    this.#before = this.#around();
  }

  /** Empties the folder. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
  }

  /** Throws where anything lies around the folder that did not, or lies there otherwise. */
  expectClean(): void {
    const now = this.#around();
    if (now !== this.#before) throw new Error(`there are changes outside the folder given:\n${now}`);
    if ("polluted" in {}) throw new Error("the prototype of all objects was changed");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #around(): string {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" })
      .filter((name) => !join(this.root, name).startsWith(`${this.folder}/`))
      .toSorted()
      .map((name) => {
        const { size, mode } = lstatSync(join(this.root, name));
        return `${name} ${mode} ${name === "canary" ? size : ""}`;
      })
      .join("\n");
  }
}

/** Tries samples of what is given until the time is over. Returns how many; throws with the sample that brought something to light. */
export async function tryFor<T>(
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
  samples: fc.Arbitrary<T>,
  tryOne: (sample: T) => Promise<void>,
  shown: (sample: T) => string = (sample) => JSON.stringify(sample).slice(0, 2000),
): Promise<number> {
  const endsAt = performance.now() + seconds * 1000;
  let count = 0;
  for (let round = 0; performance.now() < endsAt; round += 1) {
    for (const sample of fc.sample(samples, { seed: seed + round, numRuns: 10 })) {
      if (performance.now() >= endsAt) break;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("it hangs")), HANG_SECONDS * 1000);
      });
      try {
        await Promise.race([tryOne(sample), late]);
      } catch (error) {
        throw new Error(
          `${(error as Error).stack ?? String(error)}\n(seed ${seed}, round ${round}) after: ${shown(sample)}`,
          { cause: error },
        );
      } finally {
        clearTimeout(timer);
      }
      count += 1;
    }
  }
  return count;
}

/** Runs what may fail by name: errors of this package's own kinds are swallowed, and all others thrown. */
export async function mayRefuse<T>(act: () => Promise<T> | T): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof RLMError) return null;
    throw error;
  }
}
