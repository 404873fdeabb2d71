/** Small parts that several pages are made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ShownText } from "../src/view/episode-view.ts";
import { highlighted } from "./highlight.tsx";
import { source } from "./source.ts";

/** What was asked for, what went wrong, or neither while it is on the way. */
export interface Asked<T> {
  readonly value: T | null;
  readonly error: string | null;
}

/** Asks again whenever one of `on` changes; an answer that comes late is dropped. */
export function useAsked<T>(ask: () => Promise<T>, on: readonly unknown[]): Asked<T> {
  const [state, setState] = useState<Asked<T>>({ value: null, error: null });
  useEffect(() => {
    let isWanted = true;
    setState({ value: null, error: null });
    ask().then(
      (value) => isWanted && setState({ value, error: null }),
      (error: Error) => isWanted && setState({ value: null, error: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, on);
  return state;
}

export function Waiting<T>({
  asked,
  children,
}: {
  asked: Asked<T>;
  children: (value: T) => ComponentChildren;
}) {
  if (asked.error !== null)
    return (
      <p role="alert" class="problem">
        {asked.error}
      </p>
    );
  if (asked.value === null)
    return (
      <p class="waiting" role="status">
        Reading…
      </p>
    );
  return <>{children(asked.value)}</>;
}

/** A text of a record; where it is cut, a button brings the rest. */
export function Text(props: {
  shown: ShownText | null;
  name: string;
  run: number;
  row: number;
  code?: boolean;
}) {
  const { shown, name, run, row, code = false } = props;
  const [whole, setWhole] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  if (shown === null || shown.text === "") return null;
  const text = whole ?? shown.text;
  const ask = () =>
    source.text(run, row, shown.path).then(setWhole, (error: Error) => setProblem(error.message));
  return (
    <section class="text">
      <p class="name">{name}</p>
      <pre class={code ? "code" : ""} tabIndex={0} aria-label={name}>
        {code ? highlighted(text) : text}
      </pre>
      {shown.cut > 0 && whole === null && shown.text !== "(encrypted)" && (
        <button type="button" onClick={() => void ask()}>
          show the {shown.cut} characters that are left out here
        </button>
      )}
      {problem !== null && <p role="alert">{problem}</p>}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
