/** The Model Context Protocol endpoint: JSON-RPC 2.0 that truthfully offers no tools. */
import { z } from "zod";
import type { Json, JsonObject } from "../types.ts";

const Request = z.looseObject({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  params: z.record(z.string(), z.unknown()).optional(),
});

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

/** The answer to one request; for anything else, an error with a null id. `undefined` means text that is not JSON. */
export function answerRpc(
  body: unknown,
  server: { readonly name: string; readonly version: string },
): JsonObject {
  if (body === undefined) return failure(null, PARSE_ERROR, "Parse error");
  const parsed = Request.safeParse(body);
  if (!parsed.success) return failure(null, INVALID_REQUEST, "Invalid Request: expected JSON-RPC 2.0");
  const { method, id = null } = parsed.data;
  switch (method) {
    case "initialize":
      return success(id, {
        protocolVersion: "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: server.name, version: server.version },
      });
    case "ping":
      return success(id, {});
    case "tools/list":
      return success(id, { tools: [] });
    case "tools/call":
      return failure(id, INVALID_PARAMS, "Unknown tool: episodes are played over /ws or /reset and /step");
    default:
      return failure(id, METHOD_NOT_FOUND, "Method not found");
  }
}

function success(id: Json, result: JsonObject): JsonObject {
  return { jsonrpc: "2.0", id, result };
}

function failure(id: Json, code: number, message: string): JsonObject {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
