/** Shows progress on stderr while a question is being answered. */
import type { CompletionEvent, Spent } from "../../src/completion.ts";
import { compact, dollars } from "./columns.ts";

/** Seconds between lines about calls of one turn. */
const LINE_EVERY_SECONDS = 2;

export interface AskProgress {
  hear(event: CompletionEvent): void;
}

/** @param verbose also shows each turn's completion and observation */
export function showAsking({ verbose }: { readonly verbose: boolean }): AskProgress {
  let printed = performance.now();
  const print = (line: string) => {
    printed = performance.now();
    process.stderr.write(`${line}\n`);
  };
  return {
    hear: (event) => {
      const line = lineOf(event, verbose);
      if (line !== null) print(line);
      else if (isSubCall(event) && performance.now() - printed > LINE_EVERY_SECONDS * 1000)
        print(`${indent(event)}… ${costOf(event.spent)} so far`);
    },
  };
}

function isSubCall(event: CompletionEvent): boolean {
  return event.kind === "replied" && event.call.purpose !== "policy";
}

/** Null for an event that does not deserve its own line. */
export function lineOf(event: CompletionEvent, verbose: boolean): string | null {
  if (event.kind === "turn") {
    const { completion, index, observation } = event.turn;
    const head = `${indent(event)}turn ${index + 1}: ${costOf(event.spent)} so far`;
    const code = completion.toolCalls.map((call) => call.arguments).join("\n");
    return verbose ? [head, completion.text + code, observation].join("\n") : head;
  }
  const isChild = event.depth > 0;
  if (event.kind === "begun" && isChild) return `${indent(event)}sub-agent ${event.rolloutId} begins`;
  if (event.kind === "ended" && isChild)
    return `${indent(event)}sub-agent ${event.rolloutId}: ${event.stopReason}`;
  if (event.kind === "replied" && event.call.error !== null)
    return `${indent(event)}${event.call.purpose} failed: ${event.call.error}`;
  return null;
}

function indent({ depth }: CompletionEvent): string {
  return "  ".repeat(depth);
}

/** The cost in words. */
export function costOf({ calls, tokens, dollars: amount }: Spent): string {
  const cost = amount === null ? "cost unknown" : `$${dollars(amount)}`;
  return `${calls} calls, ${compact(tokens)} tokens, ${cost}`;
}
