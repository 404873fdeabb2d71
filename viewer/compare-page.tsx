/** Two rollouts side by side, aligned by turn, with what differs. */
import type { EpisodeView, TurnView } from "../src/view/episode-view.ts";
import { figure, money } from "./format.ts";
import { useAsked, Waiting } from "./parts.tsx";
import { source } from "./source.ts";
import { TurnBody, TurnHead } from "./turns.tsx";

export function ComparePage(props: { run: number; left: number; other: number; right: number }) {
  const { run, left, other, right } = props;
  const asked = useAsked(
    () => Promise.all([source.episode(run, left), source.episode(other, right)]),
    [run, left, other, right],
  );
  return (
    <Waiting asked={asked}>
      {([first, second]) => {
        const [a, b] = [first.episode, second.episode];
        const from = firstDifference(a, b);
        const turns = Array.from({ length: Math.max(a.turns.length, b.turns.length) }, (_, i) => i);
        return (
          <>
            <h1>two rollouts side by side</h1>
            <nav class="links" aria-label="this comparison">
              <a href={`#run/${run}`}>all episodes</a>
            </nav>
            <p role="status" class="state">
              {branchWords(a, b) ??
                (from === null
                  ? "no turn differs"
                  : from === 0
                    ? "they part at turn 1"
                    : `they are the same up to turn ${from}, and part at turn ${from + 1}`)}
            </p>
            <table class="sides">
              <caption>what differs in figures</caption>
              <thead>
                <tr>
                  <th scope="col">figure</th>
                  <th scope="col">
                    <a href={`#episode/${run}/${left}`}>{a.rolloutId}</a>
                  </th>
                  <th scope="col">
                    <a href={`#episode/${other}/${right}`}>{b.rolloutId}</a>
                  </th>
                </tr>
              </thead>
              <tbody>
                {figuresOf(a).map(([name, value], i) => {
                  const theirs = figuresOf(b)[i]![1];
                  return (
                    <tr key={name} class={value === theirs ? "" : "differs"}>
                      <th scope="row">{name}</th>
                      <td>{value}</td>
                      <td>{theirs}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {turns.map((index) => {
              const what = differenceOf(a.turns[index], b.turns[index]);
              return (
                <details key={index} class="pair" open={what !== SAME}>
                  <summary>
                    turn {index + 1}: <span class={what === SAME ? "" : "differing"}>{what}</span>
                  </summary>
                  <div class="both">
                    <Side episode={a} index={index} run={run} row={left} />
                    <Side episode={b} index={index} run={other} row={right} />
                  </div>
                </details>
              );
            })}
          </>
        );
      }}
    </Waiting>
  );
}

function Side({
  episode,
  index,
  run,
  row,
}: {
  episode: EpisodeView;
  index: number;
  run: number;
  row: number;
}) {
  const turn = episode.turns[index];
  if (!turn) return <div class="side none">no turn {index + 1}</div>;
  return (
    <div class="side">
      <TurnHead turn={turn} isRight={index === episode.rightTurn} advantage={null} />
      <TurnBody turn={turn} run={run} row={row} />
    </div>
  );
}

function figuresOf(episode: EpisodeView): [string, string][] {
  const { totals, reward } = episode;
  return [
    ["policy", episode.policy],
    ["ended", episode.stopReason],
    ["answer", episode.answer?.text.text.slice(0, 200) ?? "none"],
    ["score", figure(reward?.score ?? null)],
    ["reward", figure(reward?.total ?? null, 4)],
    ["turns", String(episode.turns.length)],
    ["calls", String(totals.calls)],
    ["tokens", String(totals.promptTokens + totals.completionTokens)],
    ["cost", money(totals.nanoDollars)],
    ["right answer stood", episode.rightTurn === null ? "–" : `after turn ${episode.rightTurn + 1}`],
  ];
}

function branchWords(a: EpisodeView, b: EpisodeView): string | null {
  for (const [branch, origin] of [
    [a, b],
    [b, a],
  ] as const)
    if (branch.continues?.rolloutId === origin.rolloutId)
      return `${branch.rolloutId} is a branch of ${origin.rolloutId}: its turns up to ${branch.continues.turn} are from there`;
  return null;
}

function firstDifference(a: EpisodeView, b: EpisodeView): number | null {
  const most = Math.max(a.turns.length, b.turns.length);
  for (let i = 0; i < most; i += 1) if (differenceOf(a.turns[i], b.turns[i]) !== SAME) return i;
  return null;
}

const SAME = "the same in both";

function differenceOf(a: TurnView | undefined, b: TurnView | undefined): string {
  if (!a || !b) return "only one of them has this turn";
  const differs = [
    a.completion.text !== b.completion.text && "what was written",
    JSON.stringify(a.blocks) !== JSON.stringify(b.blocks) && "what ran and was shown",
    sizeOf(a) !== sizeOf(b)
      ? "how many sub-calls were made"
      : repliesOf(a) !== repliesOf(b) && "what sub-models replied",
    a.standing !== b.standing && "the answer that stood",
  ].filter((part) => part !== false);
  return differs.length === 0 ? SAME : `different: ${differs.join(", ")}`;
}

function repliesOf({ asked }: TurnView): string {
  return JSON.stringify(
    asked.map(({ calls, children }) => [
      calls.map(({ reply, error }) => reply?.text ?? error),
      children.map(({ answer }) => answer?.text.text),
    ]),
  );
}

function sizeOf({ asked }: TurnView): number {
  return asked.reduce((all, { calls, children }) => all + calls.length + children.length, 0);
}
