/** An episode as a reflecting model reads it. Holds no gold: what a prompt is made from must not carry answers into it. */
import type { Trajectory, Turn } from "../trajectory.ts";

const MOST_QUESTION_CHARS = 1200;
const MOST_WRITTEN_CHARS = 900;
const MOST_SHOWN_CHARS = 700;
/** Of a long episode, the first and the last turns are told. */
const FIRST_TURNS = 3;
const LAST_TURNS = 3;

/** The text of an episode: the question, its turns, how it ended, and what it was worth. */
export function storyOf(trajectory: Trajectory): string {
  const { task, turns, answer, reward, stopReason, totals } = trajectory;
  const skipped = Math.max(0, turns.length - FIRST_TURNS - LAST_TURNS);
  const told = turns.flatMap((turn, index) => {
    if (index === FIRST_TURNS && skipped > 0) return [`(${skipped} turns are left out)`];
    return index >= FIRST_TURNS && index < FIRST_TURNS + skipped ? [] : [turnText(turn)];
  });
  const given = answer === null ? "It gave no answer." : `Its answer: ${clip(answer.text, MOST_SHOWN_CHARS)}`;
  return [
    `Question: ${clip(task.question, MOST_QUESTION_CHARS)}`,
    `The context has about ${task.contextTokens} tokens.`,
    ...told,
    `${given} The episode ended with: ${stopReason}, after ${turns.length} turns and ${totals.promptTokens + totals.completionTokens} tokens.`,
    reward === null
      ? "It has no reward."
      : `Score: ${figure(reward.score)}. Reward, which also counts the cost: ${figure(reward.total)}.`,
  ].join("\n\n");
}

function turnText({ index, completion, observation }: Turn): string {
  const calls = completion.toolCalls.map((call) => call.arguments).join("\n");
  const wrote = [completion.text, calls].filter((text) => text !== "").join("\n");
  return `Turn ${index + 1}, the model wrote:\n${clip(wrote, MOST_WRITTEN_CHARS)}\n\nIt was shown:\n${clip(observation, MOST_SHOWN_CHARS)}`;
}

function figure(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** The beginning and the end of a text that is too long. */
function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`;
}
