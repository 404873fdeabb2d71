/** The time that this command has used so far, for results: under `wallClock`, since it never repeats. */
export function ownTime(): { readonly seconds: number; readonly cpuSeconds: number } {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 };
}
