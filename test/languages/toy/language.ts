/** A toy language: `say TEXT`, `ask PROMPT` and `answer TEXT`, one command a line. Its folder and this object are all it takes. */
import { defineLanguage } from "../../../src/languages/define.ts";
import type { AnswerState, HostCallHandler, Repl } from "../../../src/repl/repl.ts";

function toyRepl(): Repl {
  let onCall: HostCallHandler = () => Promise.resolve({ error: "not started" });
  return {
    start: async (session) => {
      onCall = session.onCall;
      await Promise.resolve();
    },
    exec: async (code) => {
      let stdout = "";
      let answer: AnswerState | null = null;
      let exception: string | null = null;
      for (const line of code.split("\n")) {
        const [command = "", ...words] = line.split(" ");
        const text = words.join(" ");
        if (command === "say") stdout += `${text}\n`;
        else if (command === "answer") answer = { content: text, ready: true, source: "final" };
        else if (command === "ask") {
          const call = { kind: "llm_query", batched: false, prompts: [text], model: null } as const;
          const reply = await onCall(call);
          stdout += `${"error" in reply ? reply.error : reply.replies[0]}\n`;
        } else exception ??= `there is no command ${command}; expected say, ask or answer`;
      }
      const outcome = exception === null ? "ok" : "exception";
      const chars = { outputChars: stdout.length, omittedChars: 0 };
      const block = {
        code,
        outcome,
        stdout,
        stderr: "",
        value: null,
        exception,
        ...chars,
        stateKept: true,
      } as const;
      return { block, answer };
    },
    close: () => Promise.resolve(),
  };
}

export const toy = defineLanguage({
  name: "toy",
  title: "Toy",
  fences: ["toy"],
  words: {
    where: "what only sub-models see",
    describeContext: ({ chars }) => `The context has ${chars} characters.`,
    inTheRepl: ({ subModel }) => [
      "`say TEXT`: prints it.",
      ...(subModel === null ? [] : ["`ask PROMPT`: prints the reply of a sub-model."]),
      "`answer TEXT`: gives your answer.",
    ],
    shown: "Only what is said",
    advice: "Ask.",
    look: () => "say hello",
    answer: "`answer TEXT`",
    answerSet: { empty: "Your answer was empty.", kept: "Your answer was kept." },
  },
  looksLikeCode: (text) => /^(?:say|ask|answer) /.test(text),
  hostCalls: null,
  finalVariable: (expression) => `answer ${expression}`,
  literal: (value) => JSON.stringify(value),
  openPool: () => ({
    acquire: () => Promise.resolve(toyRepl()),
    release: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }),
});
