/** The wordings of Python by version of the rules and by style. */
import type { PromptStyle, RulesVersion } from "../../types.ts";
import type { Wording } from "../wording.ts";
import { WORDING_OF_0_1_0 } from "./prompt/0.1.0.ts";
import { DEFAULT_WORDING_OF_0_2_0, PAPER_WORDING_OF_0_2_0, SMALL_WORDING_OF_0_2_0 } from "./prompt/0.2.0.ts";
import { DEFAULT_WORDING_OF_0_3_0 } from "./prompt/0.3.0.ts";
import { DEFAULT_WORDING } from "./prompt/default.ts";
import { PAPER_WORDING } from "./prompt/paper.ts";
import { SMALL_WORDING } from "./prompt/small.ts";

/** The wordings of the current rules by style. A change that a model sees needs a new version of the rules. */
const STYLES: Readonly<Record<PromptStyle, Wording>> = {
  default: DEFAULT_WORDING,
  small: SMALL_WORDING,
  paper: PAPER_WORDING,
};

const WORDINGS: Readonly<Record<RulesVersion, Readonly<Record<PromptStyle, Wording>>>> = {
  "0.1.0": { default: WORDING_OF_0_1_0, small: WORDING_OF_0_1_0, paper: WORDING_OF_0_1_0 },
  "0.2.0": {
    default: DEFAULT_WORDING_OF_0_2_0,
    small: SMALL_WORDING_OF_0_2_0,
    paper: PAPER_WORDING_OF_0_2_0,
  },
  "0.3.0": { ...STYLES, default: DEFAULT_WORDING_OF_0_3_0 },
  "0.4.0": STYLES,
  "0.5.0": STYLES,
  "0.6.0": STYLES,
};

/** The wording of a version of the rules. From 0.2.0 on there is one for each style. */
export function wordingOf(rules: RulesVersion, style: PromptStyle = "default"): Wording {
  return WORDINGS[rules][style];
}
