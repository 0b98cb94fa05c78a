const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

const acts = new Set<() => void>()

function perform(): void {
  for (const act of acts) act()
}

/** Where somebody else handles the signal, that one ends the process in good order, or not at all. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  perform()
  for (const name of SIGNALS) process.off(name, onSignal)
  process.kill(process.pid, signal)
}

/**
 * Has something done however this process ends, but by SIGKILL: at its exit, after an error too, and on a signal that nobody
 * else handles, which then ends it as it would have. What is done must be synchronous.
 * @returns gives that back
 */
export function beforeTheEnd(act: () => void): () => void {
  if (acts.size === 0) {
    process.on('exit', perform)
    for (const name of SIGNALS) process.on(name, onSignal)
  }
  acts.add(act)
  return () => {
    acts.delete(act)
    if (acts.size > 0) return
    process.off('exit', perform)
    for (const name of SIGNALS) process.off(name, onSignal)
  }
}
