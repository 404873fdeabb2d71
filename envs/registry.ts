/** The environments that ship with the package. */
import type { Environment } from "./environment.ts";
import { oolong } from "./oolong.ts";
import { sNiah } from "./s-niah.ts";

export const environments: readonly Environment[] = [sNiah, oolong];
