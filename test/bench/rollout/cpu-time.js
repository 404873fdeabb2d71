// @ts-check
/** Loaded before a program: says at its end how much processor time the whole process took, its threads included. */
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`\nprocessor ms ${(user + system) / 1000}\n`);
});
