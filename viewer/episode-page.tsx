/** An episode: its facts, the context with what was read of it, and its turns. */
import { useEffect, useState } from "preact/hooks";
import type { EpisodeView } from "../src/view/episode-view.ts";
import type { PageEpisode } from "../src/view/page-shapes.ts";
import { ContextStrip } from "./context-strip.tsx";
import { count, figure, money, percent } from "./format.ts";
import { Facts, Text, useAsked, Waiting } from "./parts.tsx";
import { source } from "./source.ts";
import { Turns } from "./turns.tsx";

export function EpisodePage({ run, row }: { run: number; row: number }) {
  const asked = useAsked(() => source.episode(run, row), [run, row]);
  return <Waiting asked={asked}>{(page) => <Episode run={run} row={row} page={page} />}</Waiting>;
}

function Episode({ run, row, page }: { run: number; row: number; page: PageEpisode }) {
  const { episode, group, origin } = page;
  useKeys(run, row, episode);
  return (
    <>
      <h1>{episode.rolloutId}</h1>
      <nav class="links" aria-label="this episode">
        <a href={`#run/${run}`}>all episodes</a>
        <a href={`#audit/${run}/${row}`}>audit trail</a>
        {episode.rightTurn !== null && (
          <a
            href={`#episode/${run}/${row}`}
            onClick={(event) => {
              event.preventDefault();
              toTurn(episode.rightTurn!);
            }}
          >
            turn {episode.rightTurn + 1}: the right answer stands
          </a>
        )}
        {origin !== null && (
          <a href={`#compare/${origin.run}/${origin.row}/${row}/${run}`}>
            beside the rollout that it was branched from
          </a>
        )}
      </nav>
      {page.hidden && (
        <p class="note" role="note">
          The set is encrypted: its texts are hidden. Start rlm-gym view with --plain to see them.
        </p>
      )}
      <p class="note keys">
        <kbd>j</kbd> <kbd>k</kbd> turns
        {episode.rightTurn !== null && (
          <>
            {" "}
            · <kbd>r</kbd> right answer
          </>
        )}{" "}
        · <kbd>[</kbd> <kbd>]</kbd> episodes · <kbd>u</kbd> all episodes
      </p>
      <EpisodeFacts page={page} />
      {group.length > 1 && (
        <nav class="links" aria-label="rollouts of the same task">
          side by side with:
          {group
            .filter((one) => one !== row)
            .slice(0, 16)
            .map((one) => (
              <a key={one} href={`#compare/${run}/${row}/${one}`}>
                episode {one + 1}
              </a>
            ))}
        </nav>
      )}
      <Text shown={episode.question} name="question" run={run} row={row} />
      <Answer run={run} row={row} page={page} />
      {!page.hidden && <ContextStrip run={run} row={row} turns={episode.turns.length} />}
      <details>
        <summary>system prompt</summary>
        <Text shown={episode.systemPrompt} name="system prompt" run={run} row={row} />
      </details>
      <details>
        <summary>opening</summary>
        <Text shown={episode.opening} name="opening" run={run} row={row} />
      </details>
      <Turns episode={episode} run={run} row={row} advantage={page.advantage} />
    </>
  );
}

/** j and k go to the next and the previous turn, r to the right answer, [ and ] to other episodes, u up to the run. */
function useKeys(run: number, row: number, episode: EpisodeView) {
  useEffect(() => {
    let turn = -1;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName)
      )
        return;
      if (event.key === "j") toTurn((turn = Math.min(episode.turns.length - 1, turn + 1)));
      else if (event.key === "k") toTurn((turn = Math.max(0, turn - 1)));
      else if (event.key === "r" && episode.rightTurn !== null) toTurn((turn = episode.rightTurn));
      else if (event.key === "]") location.hash = `episode/${run}/${row + 1}`;
      else if (event.key === "[" && row > 0) location.hash = `episode/${run}/${row - 1}`;
      else if (event.key === "u") location.hash = `run/${run}`;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [run, row, episode]);
}

function toTurn(index: number): void {
  const place = document.getElementById(`turn-${index}`);
  place?.scrollIntoView({ block: "start" });
  place?.focus({ preventScroll: true });
}

function EpisodeFacts({ page }: { page: PageEpisode }) {
  const { episode, advantage } = page;
  const { totals, reward, checksum, context } = episode;
  const terms = Object.entries(reward?.terms ?? {}).map(
    ([name, term]) => `${name} ${term.weighted.toFixed(4)}`,
  );
  return (
    <Facts
      facts={[
        ["task", `${episode.environment} · ${episode.taskId}`],
        [
          "policy",
          `${[episode.policy, episode.model].filter((part) => part !== null).join(" · ")}${episode.simulated ? " *" : ""}${episode.readsGold ? " †" : ""}`,
        ],
        [
          "ended",
          episode.error === null ? episode.stopReason : `${episode.error.kind}: ${episode.error.message}`,
        ],
        ["score", figure(reward?.score ?? null)],
        ["reward", `${figure(reward?.total ?? null, 4)}${terms.length > 0 ? ` (${terms.join(", ")})` : ""}`],
        ["advantage (GRPO)", figure(advantage, 4)],
        [
          "tokens",
          `${count(totals.promptTokens)} + ${count(totals.completionTokens)} in ${totals.calls} calls`,
        ],
        ["cost", money(totals.nanoDollars)],
        ["time", `${episode.seconds.toFixed(1)} s`],
        [
          "context",
          `${context.type}, ${count(context.chars)} characters, ${count(episode.contextTokens)} tokens`,
        ],
        ["context hash", <code>{context.sha256}</code>],
        ["coverage", percent(episode.coverage)],
        [
          "checksum",
          checksum.state === "holds"
            ? "every byte is as it was written"
            : checksum.state === "none"
              ? "the record has none"
              : `changed: ${checksum.where}`,
        ],
        [
          "replay",
          episode.replayProblem === null ? <code>{page.replayCommand}</code> : episode.replayProblem,
        ],
      ]}
    />
  );
}

function Answer({ run, row, page }: { run: number; row: number; page: PageEpisode }) {
  const [gold, setGold] = useState<string | null>(null);
  const show = () =>
    source.gold(run, row).then(
      ({ answers }) => setGold(answers === null ? "the gold is not here" : answers.join("\n")),
      (error: Error) => setGold(error.message),
    );
  return (
    <section aria-label="answer">
      {page.episode.answer === null ? (
        <p>There is no answer.</p>
      ) : (
        <Text
          shown={page.episode.answer.text}
          name={`answer (${page.episode.answer.source})`}
          run={run}
          row={row}
        />
      )}
      {gold === null ? (
        <button type="button" onClick={() => void show()}>
          show the gold
        </button>
      ) : (
        <section class="text">
          <p class="name">gold</p>
          <pre>{gold}</pre>
        </section>
      )}
    </section>
  );
}
