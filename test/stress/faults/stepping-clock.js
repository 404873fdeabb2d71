// @ts-check
/** Loaded before the command: its wall clock steps by hours, forth and back, many times a second. */
const HOUR_MS = 3_600_000;
const STEPS_MS = [0, 5, -7, 48, -26, 1].map((hours) => hours * HOUR_MS);
const EVERY_MS = 30;

const RealDate = Date;
const realNow = Date.now;

function now() {
  const step = Math.floor(performance.now() / EVERY_MS) % STEPS_MS.length;
  return realNow() + /** @type {number} */ (STEPS_MS[step]);
}

RealDate.now = now;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
});
