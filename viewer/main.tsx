/** The viewer's page: which part of it is shown stands in the address after `#`. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { AuditPage } from "./audit-page.tsx";
import { ComparePage } from "./compare-page.tsx";
import { EpisodePage } from "./episode-page.tsx";
import { Waiting, useAsked } from "./parts.tsx";
import { RunPage } from "./run-page.tsx";
import { source } from "./source.ts";

function App() {
  const [address, setAddress] = useState(location.hash.slice(1));
  useEffect(() => {
    const look = () => setAddress(location.hash.slice(1));
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  const runs = useAsked(() => source.runs(), []);
  const [page = "run", ...rest] = address.split("/").filter((part) => part !== "");
  const [run = 0, first = 0, second = 0, other = run] = rest.map(Number);
  useEffect(() => {
    document.querySelector("main")?.focus();
    scrollTo(0, 0);
  }, [address]);
  return (
    <>
      <header>
        <a href="#run/0" class="mark">
          rlm-gym view
        </a>
        <Waiting asked={runs}>
          {(all) => (
            <nav aria-label="runs">
              {all.map((one, i) => (
                <a key={i} href={`#run/${i}`} aria-current={i === run ? "page" : undefined}>
                  {one.name}
                </a>
              ))}
            </nav>
          )}
        </Waiting>
      </header>
      <main tabIndex={-1}>
        {page === "episode" ? (
          <EpisodePage key={address} run={run} row={first} />
        ) : page === "audit" ? (
          <AuditPage key={address} run={run} row={first} />
        ) : page === "compare" ? (
          <ComparePage key={address} run={run} left={first} other={other} right={second} />
        ) : (
          <RunPage key={run} run={run} />
        )}
      </main>
    </>
  );
}

const place = document.getElementById("app")!;
place.textContent = "";
render(<App />, place);
