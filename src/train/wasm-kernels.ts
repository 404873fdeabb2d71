/** Kernels that the WebAssembly backend lacks and gradients need. */
import {
  backend,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  registerKernel,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";

/** Adds the missing kernels. A kernel that a later version brings itself stays. */
export function registerMissingKernels(): void {
  if (getKernel("UnsortedSegmentSum", "wasm")) return;
  registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: unsortedSegmentSum as unknown as KernelFunc,
  });
}

interface WasmBackend {
  readSync(dataId: object): Float32Array | Int32Array;
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/** The gradient of `gather`: adds rows of `x` to the row of the output that their segment id names; ids below 0 count nowhere. */
function unsortedSegmentSum({
  inputs,
  attrs,
}: {
  inputs: { x: TensorInfo; segmentIds: TensorInfo };
  attrs: NamedAttrMap;
}): TensorInfo {
  const wasm = backend() as unknown as WasmBackend;
  const { x, segmentIds } = inputs;
  const segments = attrs.numSegments as number;
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const rowSize = util.sizeFromShape(rowShape);
  const values = wasm.readSync(x.dataId);
  const ids = wasm.readSync(segmentIds.dataId);
  const output = wasm.makeOutput([segments, ...rowShape], "float32");
  const sums = wasm.typedArrayFromHeap(output).fill(0);
  for (const [row, id] of ids.entries()) {
    if (id < 0 || id >= segments) continue;
    for (let column = 0; column < rowSize; column += 1)
      sums[id * rowSize + column]! += values[row * rowSize + column]!;
  }
  return output;
}
