// @ts-check
/** The two words that a worker and whoever started it share: how much was sent to it, and whether to interrupt Python. */

const SENT = 0;
const INTERRUPT = 1;
const SIGINT = 2;

export function createControl() {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Something was posted: a worker that waits looks for it. @param {Int32Array} control */
export function wake(control) {
  Atomics.add(control, SENT, 1);
  Atomics.notify(control, SENT);
}

/** Raises KeyboardInterrupt in Python, as soon as Python looks. @param {Int32Array} control */
export function interrupt(control) {
  Atomics.store(control, INTERRUPT, SIGINT);
}
