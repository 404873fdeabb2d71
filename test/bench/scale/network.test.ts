import { expect, test } from "vitest";
import { exponential, type Network, simulate } from "./network.ts";

/** Exact throughput and time of a closed network of single servers with exponential times (mean value analysis: Reiser and Lavenberg, 1980). */
function meanValues(services: readonly number[], wait: number, population: number) {
  let lengths = services.map(() => 0);
  let perSecond = 0;
  let seconds = 0;
  for (let count = 1; count <= population; count += 1) {
    const stays = services.map((service, at) => service * (1 + lengths[at]!));
    seconds = wait + stays.reduce((sum, stay) => sum + stay, 0);
    perSecond = count / seconds;
    lengths = stays.map((stay) => stay * perSecond);
  }
  return { perSecond, seconds };
}

const network = (services: readonly number[], wait: number, population: number): Network => ({
  stations: services.map((_, at) => ({ name: String(at), servers: 1 })),
  population,
  episode: (_, random) => [
    { wait: exponential(wait, random) },
    ...services.map((service, at) => ({ at: String(at), seconds: exponential(service, random) })),
  ],
});

test.each([
  [[1], 10, 5],
  [[1], 4, 20],
  [[0.5, 0.3, 0.2], 1, 3],
  [[0.1, 0.1], 0.001, 8],
])(
  "a network of stations %j, %d s of waits and %d members has the exact throughput within 2 %%",
  (services, wait, population) => {
    const exact = meanValues(services, wait, population);
    const { perSecond, seconds } = simulate(network(services, wait, population), 60_000);
    expect(perSecond / exact.perSecond).toBeCloseTo(1, 1.4);
    expect(seconds / exact.seconds).toBeCloseTo(1, 1.4);
  },
);

test("the station that binds is the one that is busy most, and it is busy all the time where nothing else takes long", () => {
  const { binds, busy } = simulate(network([0.1, 1], 0.1, 30), 5000);
  expect(binds).toBe("1");
  expect(busy["1"]).toBeGreaterThan(0.99);
  expect(busy["0"]).toBeCloseTo(0.1, 1);
});

test("a station with two servers ends twice as much as one with one", () => {
  const at = (servers: number) =>
    simulate(
      { stations: [{ name: "core", servers }], population: 10, episode: () => [{ at: "core", seconds: 1 }] },
      1000,
    );
  expect(at(2).perSecond / at(1).perSecond).toBeCloseTo(2, 2);
});

test("a station that serves in batches takes the time of one for all that wait", () => {
  const flush = { name: "disk", servers: 1, batch: true };
  const { perSecond } = simulate(
    { stations: [flush], population: 20, episode: () => [{ at: "disk", seconds: 0.5 }] },
    2000,
  );
  expect(perSecond).toBeGreaterThan(20);
});

test("threads that need a core wait for one another where there are fewer cores than threads", () => {
  const at = (cores: number) => {
    const threads = [0, 1, 2, 3].map((thread) => ({ name: `thread ${thread}`, servers: 1 }));
    const outcome = simulate(
      {
        stations: [...threads, { name: "cores", servers: cores }],
        population: 16,
        episode: (member) => [{ at: `thread ${member % 4}`, on: "cores", seconds: 1 }],
      },
      2000,
    );
    return outcome.perSecond;
  };
  expect([1, 2, 4, 8].map((cores) => Math.round(at(cores)))).toEqual([1, 2, 4, 4]);
});

test("the same seed simulates the same", () => {
  expect(simulate(network([1, 2], 3, 4), 500)).toEqual(simulate(network([1, 2], 3, 4), 500));
});
