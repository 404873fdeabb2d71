/** A labelled source that needs no download: questions and the coarse class of their answers. */
import type { LabelledSource, LabelledText } from "../window.ts";
import { FACTS, type FactKind } from "./facts.ts";
import { TEMPLATES } from "./templates.ts";

/** Every template with every name of its kind, without repeated lines. */
export function builtInQuestions(): LabelledSource {
  return {
    name: "questions",
    description: "general-knowledge questions, one per line",
    examples: Object.entries(TEMPLATES).flatMap(([label, templates]) =>
      templates.flatMap((template) => expand(template).map((text): LabelledText => ({ text, label }))),
    ),
  };
}

function expand(template: string): string[] {
  const kind = /\{(\w+)\}/.exec(template)?.[1] as FactKind;
  return FACTS[kind].map((name) => capitalised(template.replace(`{${kind}}`, name)));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
