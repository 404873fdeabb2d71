/** Images of sub-calls: what the record keeps of them. */
import { createHash } from "node:crypto";
import type { ImageFacts } from "../../trajectory.ts";

/** The type, the size and the hash of each image, given as data URLs. */
export function factsOfImages(images: readonly string[]): readonly ImageFacts[] {
  return images.map((url) => {
    const comma = url.indexOf(",");
    const type = /^data:([^;,]+)/.exec(url)?.[1] ?? "image";
    const padding = /=*$/.exec(url.slice(-2))![0].length;
    const bytes = Math.floor(((url.length - comma - 1 - padding) * 3) / 4);
    return { type, bytes, sha256: createHash("sha256").update(url).digest("hex") };
  });
}
