/** `rlm-gym/server`: an environment behind OpenEnv's protocol. Needs fastify and prom-client, optional peers. */
import { withPackages } from "../src/optional-packages.ts";

const parts = await withPackages("the server", () => import("./server-parts.ts"));

export const { makeGauges, nativeProfile, replEnvProfile, startServer } = parts;
export type * from "./server-parts.ts";
