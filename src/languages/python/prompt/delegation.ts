/** The part of a system prompt about the terms of calls, for environments that ask for it. */

/** Lines for Python. @param hasChildren whether `rlm_query` begins child episodes */
export function describeDelegation(hasChildren: boolean): string {
  const lines = [
    "- `llm_query(prompt, max_tokens=n, schema={...})`: a cap on the reply; a JSON Schema, by which the reply is checked and comes as a value.",
    ...(hasChildren
      ? [
          '- `rlm_query(question, context=part, budget=tokens, max_turns=n, tools=[names], prompt=text)`: what the sub-agent may spend (or `{"dollars": x}`), its turns, its functions and its system prompt. What it does not spend comes back.',
        ]
      : []),
    `- \`h = llm_start(prompt)\`${hasChildren ? " and `h = rlm_start(question, context=part)`" : ""}: start a call and go on; \`h.done()\`, \`h.result()\`, \`h.cancel()\`, \`await h\`.`,
  ];
  return `\n\nCalls take terms:\n${lines.join("\n")}`;
}
