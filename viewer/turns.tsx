/** The turns of an episode: thoughts, code, output, what was asked of sub-models, and children, which unfold to any depth. */
import { useState } from "preact/hooks";
import type { AskedView, BlockView, CallView, EpisodeView, TurnView } from "../src/view/episode-view.ts";
import { count, figure, money } from "./format.ts";
import { Text } from "./parts.tsx";

interface Where {
  readonly run: number;
  readonly row: number;
}

export function Turns(props: Where & { episode: EpisodeView; advantage: number | null; nested?: boolean }) {
  const { episode, advantage, run, row, nested = false } = props;
  return (
    <ol class="turns" aria-label={`turns of ${episode.rolloutId}`}>
      {episode.turns.map((turn) => (
        <li key={turn.index} class="turn" id={nested ? undefined : `turn-${turn.index}`} tabIndex={-1}>
          <TurnHead turn={turn} isRight={turn.index === episode.rightTurn} advantage={advantage} />
          <TurnBody turn={turn} run={run} row={row} />
        </li>
      ))}
    </ol>
  );
}

export function TurnHead({
  turn,
  isRight,
  advantage,
}: {
  turn: TurnView;
  isRight: boolean;
  advantage: number | null;
}) {
  const { usage } = turn;
  return (
    <h2 class="turn-name">
      turn {turn.index + 1}
      {isRight && <span class="right"> · the right answer stands from here on</span>}
      <small>
        {usage === null
          ? "tokens unknown"
          : `${count(usage.promptTokens)} + ${count(usage.completionTokens)} tokens`}{" "}
        · {money(turn.nanoDollars)} · {turn.seconds.toFixed(2)} s · reward {figure(turn.reward, 4)}
        {advantage === null ? "" : ` · advantage ${figure(advantage)}`}
        {turn.segment > 0 ? ` · segment ${turn.segment}` : ""}
      </small>
    </h2>
  );
}

export function TurnBody({ turn, run, row }: Where & { turn: TurnView }) {
  return (
    <>
      {turn.thoughts !== null && (
        <details>
          <summary>thoughts</summary>
          <Text shown={turn.thoughts} name="thoughts" run={run} row={row} />
        </details>
      )}
      {turn.invalid && <p class="problem">nothing of the completion could be run or taken for an answer</p>}
      {turn.blocks.length === 0 || turn.invalid ? (
        <Text shown={turn.completion} name={`completion (${turn.finishReason})`} run={run} row={row} />
      ) : (
        <details>
          <summary>completion</summary>
          <Text shown={turn.completion} name={`completion (${turn.finishReason})`} run={run} row={row} />
        </details>
      )}
      {turn.blocks.map((block, i) => (
        <Block
          key={i}
          block={block}
          name={turn.blocks.length > 1 ? `code ${i + 1}` : "code"}
          run={run}
          row={row}
        />
      ))}
      {turn.asked.map((asked, i) => (
        <AskedFor key={i} asked={asked} run={run} row={row} />
      ))}
      {turn.hostCalls.map((call, i) => (
        <p key={i}>
          tool of the host <code>{call.name}</code>
          {call.error === null ? "" : `: ${call.error}`}
        </p>
      ))}
      <details>
        <summary>observation</summary>
        <Text shown={turn.observation} name="observation" run={run} row={row} />
      </details>
      {turn.standing !== null && (
        <p class="standing">
          answer that stood: <q>{turn.standing.slice(0, 400)}</q>
        </p>
      )}
    </>
  );
}

function Block({ block, name, run, row }: Where & { block: BlockView; name: string }) {
  return (
    <>
      <Text shown={block.code} name={name} run={run} row={row} code />
      {block.outcome !== "ok" && <p class="problem">ended: {block.outcome}</p>}
      <Text shown={block.stdout} name="stdout" run={run} row={row} />
      <Text shown={block.stderr} name="stderr" run={run} row={row} />
      <Text shown={block.value} name="value" run={run} row={row} />
      <Text shown={block.exception} name="exception" run={run} row={row} />
      {block.omittedChars > 0 && (
        <p class="note">{block.omittedChars} characters of it were cut: the policy did not see them</p>
      )}
      {!block.stateKept && <p class="problem">the variables are gone after it</p>}
    </>
  );
}

function AskedFor({ asked, run, row }: Where & { asked: AskedView }) {
  const { batch, calls, children } = asked;
  const all = [
    ...calls.map((call) => (
      <Folded key={`call ${call.id}`} name={callName(call)}>
        {() => <CallBody call={call} run={run} row={row} />}
      </Folded>
    )),
    ...children.map((child) => (
      <Folded key={child.rolloutId} name={childName(child)} isChild>
        {() => <Child child={child} run={run} row={row} />}
      </Folded>
    )),
  ];
  if (batch === null) return <div class="asked">{all}</div>;
  return (
    <div role="group" class="asked batch" aria-label={`batch ${batch}`}>
      <p class="name">
        batch {batch}: {calls.length + children.length} at once
      </p>
      {all}
    </div>
  );
}

/** What is folded is made when it is first unfolded. */
function Folded({
  name,
  children,
  isChild = false,
}: {
  name: string;
  children: () => preact.ComponentChildren;
  isChild?: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class={isChild ? "child" : ""} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      {isOpen && children()}
    </details>
  );
}

function callName(call: CallView): string {
  const reply = (call.error ?? call.reply?.text ?? "").replaceAll(/\s+/g, " ").slice(0, 90);
  return `${call.purpose} ${call.id} · ${call.model} · ${money(call.nanoDollars)}${call.cached ? " · cached" : ""}: ${reply}`;
}

function childName(child: EpisodeView): string {
  return `child ${child.rolloutId} · ${child.turns.length} turns · ${money(child.totals.nanoDollars)}: ${(child.answer?.text.text ?? "no answer").slice(0, 90)}`;
}

function CallBody({ call, run, row }: Where & { call: CallView }) {
  const { usage } = call;
  return (
    <>
      <p class="note">
        {usage === null
          ? "tokens unknown"
          : `${count(usage.promptTokens)} + ${count(usage.completionTokens)} tokens`}{" "}
        · {call.seconds.toFixed(2)} s
      </p>
      <Text shown={call.prompt} name="prompt" run={run} row={row} />
      <Text shown={call.thoughts} name="thoughts" run={run} row={row} />
      <Text shown={call.reply} name="reply" run={run} row={row} />
      {call.error !== null && <p class="problem">{call.error}</p>}
    </>
  );
}

function Child({ child, run, row }: Where & { child: EpisodeView }) {
  return (
    <>
      <Text shown={child.question} name="question" run={run} row={row} />
      <p class="note">
        {child.stopReason} · context of {count(child.context.chars)} characters · checksum{" "}
        {child.checksum.state}
      </p>
      {child.answer !== null && <Text shown={child.answer.text} name="answer" run={run} row={row} />}
      <Turns episode={child} advantage={null} run={run} row={row} nested />
    </>
  );
}
