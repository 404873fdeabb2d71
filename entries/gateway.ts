/** `rlm-gym/gateway`: captures what a model server samples. Serving it needs fastify and prom-client, optional peers. */
import type { GatewayOptions, RunningGateway } from "../src/gateway/gateway.ts";
import { withPackages } from "../src/optional-packages.ts";

export { GatewayClient, type GatewayClientOptions } from "../src/gateway/client.ts";
export type { GatewayOptions, RunningGateway } from "../src/gateway/gateway.ts";
export { gatewayModel, type GatewayModelOptions } from "../src/models/gateway.ts";

/** Starts a gateway before a model server. Throws `UsageError` where its packages are missing. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const gateway = await withPackages("the gateway", () => import("../src/gateway/gateway.ts"));
  return gateway.startGateway(options);
}
