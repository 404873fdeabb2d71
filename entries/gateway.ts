/** `rlm-gym/gateway`: captures what a model server samples. Serving it needs fastify and prom-client, optional peers. */
import type { GatewayOptions, RunningGateway } from "../src/gateway/gateway.ts";
import { withPackages } from "../src/optional-packages.ts";

export { GatewayClient, type GatewayClientOptions } from "../src/gateway/client.ts";
export type { GatewayOptions, RunningGateway } from "../src/gateway/gateway.ts";
export { gatewayModel, type GatewayModelOptions } from "../src/models/gateway.ts";

/** Starts a gateway in front of a model server. Throws `UsageError` if its packages are missing. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const gateway = await withPackages("the gateway", () => import("../src/gateway/gateway.ts"));
  return gateway.startGateway(options);
}
export type { Capture } from "../src/gateway/request.ts";
export type { Token } from "../src/http/bearer.ts";
export type { Trace, TraceStatus } from "../src/gateway/trace.ts";
export type { UpstreamOptions } from "../src/gateway/upstream.ts";
export type { Governed, Governor } from "../src/models/governor.ts";
export type { Pace } from "../src/models/pace.ts";
export type { ModelApi } from "../src/models/openai/dialects.ts";
export type { Sampling } from "../src/models/openai/asking.ts";
