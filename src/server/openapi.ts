/** The server's description of itself: `/schema` and `/openapi.json`, generated from the schemas that check its messages. */
import { z } from "zod";
import type { Json, JsonObject } from "../types.ts";
import type { Profile } from "./profiles/profile.ts";
import { StepRequest, StepResponse } from "./wire.ts";

/** The version of OpenEnv's HTTP interface, not of this package. */
const API_VERSION = "1.0.0";

function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  return z.toJSONSchema(schema, { io }) as unknown as JsonObject;
}

/** `GET /schema`. */
export function schemasOf(profile: Profile): JsonObject {
  return {
    action: jsonSchema(profile.action, "input"),
    observation: jsonSchema(profile.observation, "output"),
    state: jsonSchema(profile.state, "output"),
  };
}

/** `GET /openapi.json`. */
export function openapiOf(profile: Profile, title: string): JsonObject {
  const { action, observation, state } = schemasOf(profile);
  const step = {
    ...jsonSchema(StepRequest, "input"),
    properties: { ...(jsonSchema(StepRequest, "input").properties as JsonObject), action: action! },
  };
  const shown = {
    ...jsonSchema(StepResponse, "output"),
    properties: {
      ...(jsonSchema(StepResponse, "output").properties as JsonObject),
      observation: observation!,
    },
  };
  const any = { type: "object" };
  return {
    openapi: "3.1.0",
    info: { title, version: API_VERSION, description: profile.description },
    paths: {
      "/reset": { post: operation("Begin an episode", shown, jsonSchema(profile.reset, "input")) },
      "/step": { post: operation("Take a step", shown, step) },
      "/state": { get: operation("The state of the session", state!) },
      "/health": { get: operation("Whether the server is healthy", any) },
      "/metadata": { get: operation("What the environment is", any) },
      "/schema": { get: operation("The schemas of action, observation and state", any) },
      "/mcp": { post: operation("JSON-RPC 2.0", any, any) },
    },
  };
}

function operation(summary: string, answer: Json, body?: Json): JsonObject {
  const json = (schema: Json) => ({ content: { "application/json": { schema } } });
  const responses = {
    "200": { description: "OK", ...json(answer) },
    ...(body !== undefined && { "422": { description: "The request does not match its schema" } }),
  };
  return { summary, ...(body !== undefined && { requestBody: json(body) }), responses };
}
