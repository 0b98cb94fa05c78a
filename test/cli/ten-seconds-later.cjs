// As if the ten seconds were over at once, after which oclif ends a process whose output nobody has taken.
const { setTimeout: later } = globalThis
globalThis.setTimeout = (act, ms, ...rest) => later(act, ms === 10_000 ? 0 : ms, ...rest)
// A reader that waits for this line pauses until standard output is full, and for longer than the process would live.
const watching = setInterval(() => {
  if (!process.stdout.writableNeedDrain) return
  clearInterval(watching)
  later(() => process.stderr.write('still there\n'), 300)
}, 1)
watching.unref()
