/** A model behind a capture gateway. Each call goes to the session of its tree of episodes, and names its position in it. */
import { DIALECTS } from "./openai/dialects.ts";
import { openaiModel, type OpenaiModelOptions } from "./openai/openai.ts";
import type { Model } from "./model.ts";

/** The gateway's URL and the options of `openaiModel`. */
export interface GatewayModelOptions extends Omit<OpenaiModelOptions, "baseUrl" | "routeOf"> {
  /** The gateway's URL, such as `http://localhost:8001`. */
  readonly gateway: string;
}

/** The gateway's names for the purposes of calls; calls by the policy of a child count as `rlm_query`. */
const ROOT = "root";

/**
 * Makes the model. At a tree's first call the gateway opens a session named after the tree's rollout id. Completions have the
 * sampled tokens and the trace's id in `tokens`. A call outside of any episode goes to the session "unnamed".
 */
export function gatewayModel({ gateway, ...options }: GatewayModelOptions): Model {
  return openaiModel({
    ...options,
    baseUrl: `${gateway.replace(/\/$/, "")}/sessions`,
    routeOf: (origin) => {
      const { tree = "unnamed", rolloutId = "unnamed", purpose = "policy", depth = 0 } = origin ?? {};
      const ofPolicy = depth === 0 ? ROOT : "rlm_query";
      return {
        path: `/${encodeURIComponent(tree)}/v1${DIALECTS[options.api ?? "chat"].path}`,
        headers: {
          "x-rlm-rollout": encodeURIComponent(rolloutId),
          "x-rlm-purpose": purpose === "policy" ? ofPolicy : purpose,
          "x-rlm-depth": String(depth),
          ...(origin?.parentTrace != null && { "x-rlm-parent-call": origin.parentTrace }),
        },
      };
    },
  });
}
