/** The shape of the byte-level transformer, and the offsets of its parameters in one row of numbers. */
import type { Random } from "../../random.ts";
import { VOCABULARY } from "./bytes.ts";

/** The sizes of the network; the context is in bytes. */
export interface TransformerShape {
  /** Ids of prompt and completion together. */
  readonly context: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

/** About 130,000 parameters. */
export const DEFAULT_SHAPE: TransformerShape = { context: 192, width: 64, heads: 4, layers: 2 };

export interface Parameter {
  readonly name: string;
  readonly size: readonly number[];
}

/** All parameters in their order. The embedding also turns the last layer into logits. */
export function parametersOf({ context, width, layers }: TransformerShape): Parameter[] {
  const norm = (name: string) => [
    { name: `${name}.gain`, size: [width] },
    { name: `${name}.bias`, size: [width] },
  ];
  const dense = (name: string, inputs: number, outputs: number) => [
    { name: `${name}.kernel`, size: [inputs, outputs] },
    { name: `${name}.bias`, size: [outputs] },
  ];
  return [
    { name: "embedding", size: [VOCABULARY, width] },
    { name: "position", size: [context, width] },
    ...Array.from({ length: layers }, (_, layer) => [
      ...norm(`${layer}.before`),
      ...dense(`${layer}.attention`, width, 3 * width),
      ...dense(`${layer}.joined`, width, width),
      ...norm(`${layer}.between`),
      ...dense(`${layer}.wide`, width, 4 * width),
      ...dense(`${layer}.narrow`, 4 * width, width),
    ]).flat(),
    ...norm("last"),
  ];
}

export function countOf({ size }: Parameter): number {
  return size.reduce((product, length) => product * length, 1);
}

/** Kernels and embeddings from a normal distribution of deviation 0.02 to 1/√inputs, gains 1, biases 0. */
export function drawParameters(shape: TransformerShape, random: Random): Float32Array {
  const values = parametersOf(shape).flatMap((parameter) => {
    const count = countOf(parameter);
    const { name, size } = parameter;
    if (name.endsWith(".gain")) return Array.from({ length: count }, () => 1);
    if (name.endsWith(".bias")) return Array.from({ length: count }, () => 0);
    const deviation = name.endsWith(".kernel") ? 1 / Math.sqrt(size[0]!) : 0.05;
    return Array.from({ length: count }, () => deviation * normal(random));
  });
  return Float32Array.from(values);
}

/** A standard normal by Box and Muller. */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.random()));
  return radius * Math.cos(2 * Math.PI * random.random());
}

/** Views into the row, by name. */
export function viewsOf(shape: TransformerShape, values: Float32Array): Map<string, Float32Array> {
  let start = 0;
  return new Map(
    parametersOf(shape).map((parameter) => {
      const count = countOf(parameter);
      const view = values.subarray(start, start + count);
      start += count;
      return [parameter.name, view];
    }),
  );
}
