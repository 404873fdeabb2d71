/** The parts of a system prompt about the terms of calls and about kept replies, for environments that ask for them. */

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

/** What a policy is told if the replies of sub-calls are kept and shown by name. */
export const DESCRIBED_REPLIES =
  "\n\nEvery reply of a sub-call is a str, and is kept in the list `REPLIES`. Printing one shows its name and its first 80 characters, such as <REPLIES[0]: 'It is'...>; print(reply[:500]) shows more of it. In all else it is the text itself.";
