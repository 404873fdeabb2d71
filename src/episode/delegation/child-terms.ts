/** The terms of a child episode, and what they make of the options of its parent. */
import type { RLMEnvOptions } from "../contract.ts";
import type { CallTerms } from "../../repl/call-terms.ts";
import type { HostTools, ToolForms } from "../tools/host-tools.ts";
import type { Limits } from "../../types.ts";
import type { Granted, RolePrompts } from "../../trajectory.ts";

/** The terms on which one child was begun. Its own children do not inherit them. */
export interface ChildTerms {
  readonly grant?: Granted;
  readonly maxTurns?: number;
  readonly prompt?: string;
}

/** The part of a call's terms that a child is begun with. */
export function childTermsOf({ grant, maxTurns, prompt }: CallTerms): ChildTerms {
  return {
    ...(grant && { grant }),
    ...(maxTurns !== undefined && { maxTurns }),
    ...(prompt !== undefined && { prompt }),
  };
}

/** The limits of an episode on its terms. */
export function limitsOnTerms(limits: Limits, terms: ChildTerms | undefined): Limits {
  const { maxTurns = Infinity } = terms ?? {};
  return maxTurns < limits.maxTurns ? { ...limits, maxTurns } : limits;
}

/** The role of an episode, by which its system prompt may be chosen. */
export function roleOf(depth: number, maxDepth: number): keyof RolePrompts {
  if (depth === 0) return "root";
  return depth + 2 <= maxDepth ? "child" : "leaf";
}

/** The tools of the host, and the forms of the world's, that an episode has: all, or those that its parent left it. */
export function offeredTools({
  tools = {},
  world,
  keptTools,
}: Pick<RLMEnvOptions, "tools" | "world" | "keptTools">): {
  readonly tools: HostTools;
  readonly worldTools: ToolForms;
} {
  const kept = <T>(all: { readonly [name: string]: T }): { readonly [name: string]: T } =>
    keptTools ? Object.fromEntries(Object.entries(all).filter(([name]) => keptTools.includes(name))) : all;
  return { tools: kept(tools), worldTools: kept(world?.tools ?? {}) };
}
