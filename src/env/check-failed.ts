/** The error of the checks of environments and worlds. */
import { RLMError } from "../errors.ts";

/** The error of `checkEnv`. It names the check that failed, and what it found. */
export class CheckFailed extends RLMError {
  override readonly name = "CheckFailed";
}
