/** Version 0.4.0 of the rules by which a completion is read: as 0.3.0, with the thoughts of more models. */
import type { Dialect } from "../../../types.ts";
import type { ParsedCompletion, Text } from "../../parsed.ts";
import { partThoughts } from "../../thoughts.ts";
import { parse as parse030, type Reading } from "../0.3.0/parse.ts";

const READING: Reading = { partThoughts, filterCuts: true };

export function parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion {
  return parse030(completion, dialect, severalBlocks, READING);
}
