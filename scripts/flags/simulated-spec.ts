/** Reads the description of a simulated sub-model: its tier and its knobs, such as `simulated-mini:rot=steep,latency=50ms`. */
import { z } from "zod";
import { parseLength } from "../../datasets/length.ts";
import { UsageError } from "../../src/errors.ts";
import { ROT_PRESETS, type RotPreset } from "../../src/models/simulated/context-rot.ts";
import {
  SIMULATED_TIERS,
  type SimulatedModelOptions,
  type SimulatedTier,
} from "../../src/models/simulated/simulated.ts";
import { defaultPrices, type PriceTable } from "../../src/cost/pricing.ts";

const rots = Object.keys(ROT_PRESETS) as [RotPreset, ...RotPreset[]];
const share = z.coerce.number().min(0).max(1);
const dollars = z.coerce.number().nonnegative();
const knobs = z.strictObject({
  rot: z.enum(rots).optional(),
  window: z.string().transform(parseLength).optional(),
  latency: z
    .string()
    .regex(/^\d+(?:\.\d+)?(?:ms|s)$/, "expected a time such as 50ms or 2s")
    .transform((text) => Number.parseFloat(text) * (text.endsWith("ms") ? 1 : 1000))
    .optional(),
  failures: share.optional(),
  "rate-limits": share.optional(),
  input: dollars.optional(),
  output: dollars.optional(),
});

export const SIMULATED_KNOBS =
  "rot=flat|default|steep, window=128k, latency=50ms, failures=0.1, rate-limits=0.05, input=1.25 and output=10 ($ per million tokens)";

export interface SimulatedSpec {
  readonly tier: SimulatedTier;
  readonly options: Pick<
    SimulatedModelOptions,
    "rot" | "windowTokens" | "latencyMs" | "failureRate" | "rateLimitRate"
  >;
  /** The tier's price, if a knob sets it. */
  readonly prices: PriceTable;
}

/** Null for a name that is not a simulated tier's. Throws `UsageError` for an invalid knob. */
export function simulatedSpec(text: string): SimulatedSpec | null {
  const [name, ...given] = text.split(/[:,]/);
  const tier = SIMULATED_TIERS.find((one) => one === name);
  if (tier === undefined) return null;
  const parsed = knobs.safeParse(Object.fromEntries(given.map((knob) => splitKnob(text, knob))));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = [issue?.path.join("."), issue?.message].filter(Boolean).join(": ");
    throw new UsageError(`sub-model ${JSON.stringify(text)}: ${what}; the knobs are ${SIMULATED_KNOBS}`);
  }
  const { rot, window, latency, failures, input, output } = parsed.data;
  const rateLimits = parsed.data["rate-limits"];
  const price = defaultPrices()[tier]!;
  return {
    tier,
    options: {
      ...(rot && { rot }),
      ...(window !== undefined && { windowTokens: window }),
      ...(latency !== undefined && { latencyMs: latency }),
      ...(failures !== undefined && { failureRate: failures }),
      ...(rateLimits !== undefined && { rateLimitRate: rateLimits }),
    },
    prices:
      input === undefined && output === undefined
        ? {}
        : { [tier]: { input: input ?? price.input, output: output ?? price.output } },
  };
}

function splitKnob(text: string, knob: string): [string, string] {
  const [key = "", value, ...rest] = knob.split("=");
  if (value && rest.length === 0) return [key, value];
  throw new UsageError(
    `sub-model ${JSON.stringify(text)}: expected name=value, got ${JSON.stringify(knob)}; the knobs are ${SIMULATED_KNOBS}`,
  );
}
