/** The simulated reflecting model, with the marks by which this search asks and reads. */
import type { Model } from "../models/model.ts";
import { simulatedReflectingModel } from "../models/simulated/reflecting.ts";
import { CLOSE, OPEN } from "./read-proposal.ts";
import { CURRENT_CLOSE, CURRENT_OPEN } from "./reflection-request.ts";

/** Makes the model, which proposes by program what `docs/prompt-search.md` states. */
export function reflectingSimulation(): Model {
  return simulatedReflectingModel({ current: [CURRENT_OPEN, CURRENT_CLOSE], proposed: [OPEN, CLOSE] });
}
