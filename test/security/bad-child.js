// @ts-check
/** Stands in for a worker's process that was taken over: sends what its host's request names as the attack. */
import { writeSync } from "node:fs";

const ATTACKS = {
  null: () => process.send?.(null),
  text: () => process.send?.("hello"),
  "a list": () => process.send?.([1, 2]),
  "no type": () => process.send?.({ value: 1 }),
  "another type": () => process.send?.({ type: "boot" }),
  "a prototype": () => process.send?.(JSON.parse('{"type":"reply","value":1,"__proto__":{"type":"call"}}')),
  "a reply nobody waits for": () => {
    process.send?.({ type: "reply", value: { heapBytes: 1 } });
    process.send?.({ type: "reply", value: { heapBytes: 1 } });
  },
  "a reply of another shape": () => process.send?.({ type: "reply", value: { heapBytes: "many" } }),
  "a reply that is a number": () => process.send?.({ type: "reply", value: 7 }),
  "a call without a body": () => process.send?.({ type: "call", id: 1 }),
  "a call with a text as its body": () => process.send?.({ type: "call", id: 1, body: "J{}" }),
  "a call of another number": () => process.send?.({ type: "call", id: -1, body: new Uint8Array(1) }),
  "two calls at once": () => {
    process.send?.({ type: "call", id: 1, body: new Uint8Array(1) });
    process.send?.({ type: "call", id: 2, body: new Uint8Array(1) });
  },
  "a call of 65 MB": () => process.send?.({ type: "call", id: 1, body: new Uint8Array(65 << 20) }),
  "a death of no kind": () => process.send?.({ type: "died" }),
  "rubbish on the channel": () =>
    writeSync(3, Buffer.from("0000000fff0f414141414141414141414141414141", "hex")),
  "the end": () => process.exit(7),
};

process.on("message", (/** @type {{ type: string, request?: { code?: string } }} */ message) => {
  if (message.type === "boot") process.send?.({ type: "reply", value: 1 << 20 });
  else ATTACKS[/** @type {keyof typeof ATTACKS} */ (message.request?.code)]?.();
});
