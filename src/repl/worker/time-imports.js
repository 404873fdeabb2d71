// @ts-check
/** Replaces the host's clocks, time zone and entropy by the interpreter's own. The time zone is UTC. */

/** WASI's clocks with this number and higher ones count processor time. */
const PROCESSOR_CLOCKS = 2;

/**
 * @param {import("./internals.ts").WasmImports} imports - changed in place
 * @param {() => import("./internals.ts").WasmMemory} memory
 * @param {import("./clock.js").Clock} clock
 * @param {import("./chance.js").Chance} chance
 */
export function replaceTime(imports, memory, clock, chance) {
  const { env, wasi_snapshot_preview1: wasi } = imports;
  const view = () => new DataView(memory().buffer);
  /** @typedef {(time: bigint, fields: number) => void} BreakDown */
  const breakDown = /** @type {BreakDown} */ (env["_gmtime_js"]);

  wasi["clock_time_get"] = (
    /** @type {number} */ id,
    /** @type {bigint} */ _precision,
    /** @type {number} */ out,
  ) => {
    view().setBigUint64(out >>> 0, id < PROCESSOR_CLOCKS ? clock.read() : clock.readWork(), true);
    return 0;
  };
  wasi["random_get"] = (/** @type {number} */ at, /** @type {number} */ length) => {
    chance.fillBytes(new Uint8Array(memory().buffer, at >>> 0, length >>> 0));
    return 0;
  };
  env["emscripten_get_now"] = clock.milliseconds;
  env["emscripten_date_now"] = clock.milliseconds;
  env["_localtime_js"] = (/** @type {bigint} */ time, /** @type {number} */ fields) => {
    breakDown(time, fields);
    const heap = view();
    heap.setInt32((fields >>> 0) + 32, 0, true); // tm_isdst
    heap.setInt32((fields >>> 0) + 36, 0, true); // tm_gmtoff
  };
  env["_mktime_js"] = /** @type {never} */ (env["_timegm_js"]);
  env["_tzset_js"] = (
    /** @type {number} */ timezone,
    /** @type {number} */ daylight,
    /** @type {number} */ standardName,
    /** @type {number} */ daylightName,
  ) => {
    const heap = view();
    heap.setUint32(timezone >>> 0, 0, true);
    heap.setInt32(daylight >>> 0, 0, true);
    for (const name of [standardName, daylightName]) {
      ["U", "T", "C", "\0"].forEach((letter, at) => heap.setUint8((name >>> 0) + at, letter.charCodeAt(0)));
    }
  };
}
