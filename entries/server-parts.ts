/** What `rlm-gym/server` exports once its packages are known to be installed. */
export { type Gauges, makeGauges } from "../src/server/gauges.ts";
export type { Asked, KeptRepl } from "../src/server/kept-repl.ts";
export { nativeProfile } from "../src/server/profiles/native.ts";
export type {
  EnvWishes,
  EpisodeHost,
  EpisodeOrigin,
  Profile,
  ProfileEpisode,
} from "../src/server/profiles/profile.ts";
export { replEnvProfile } from "../src/server/profiles/repl-env.ts";
export { type RunningServer, type ServerOptions, startServer } from "../src/server/server.ts";
export type { About } from "../src/server/http-routes.ts";
export type { SessionCounts } from "../src/server/session-pool.ts";
export type { Shown } from "../src/server/wire.ts";
