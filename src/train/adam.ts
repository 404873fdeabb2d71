/** Adam (Kingma & Ba 2015) over one row of numbers, with a bound on the gradient's norm. Its state is plain data, from which a training resumes exactly. */
export interface AdamState {
  readonly steps: number;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

export function freshAdam(size: number): AdamState {
  return { steps: 0, first: new Float32Array(size), second: new Float32Array(size) };
}

/** Changes the parameters in place, and returns the next state. A gradient longer than `maxNorm` is shortened to it. */
export function adamStep(
  state: AdamState,
  parameters: Float32Array,
  gradient: Float32Array,
  { learningRate, maxNorm }: { readonly learningRate: number; readonly maxNorm: number },
): AdamState {
  const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value ** 2, 0));
  const scale = norm > maxNorm ? maxNorm / norm : 1;
  const steps = state.steps + 1;
  const rate = (learningRate * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps);
  const first = state.first.map((held, i) => BETA1 * held + (1 - BETA1) * scale * gradient[i]!);
  const second = state.second.map((held, i) => BETA2 * held + (1 - BETA2) * (scale * gradient[i]!) ** 2);
  for (let i = 0; i < parameters.length; i += 1)
    parameters[i]! -= (rate * first[i]!) / (Math.sqrt(second[i]!) + EPSILON);
  return { steps, first, second };
}
