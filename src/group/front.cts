// The entry of a front.
import serve = require('./serve.cjs')

export interface FrontTask extends serve.ServerTask {
  /** the UDP socket that it takes from; then, by member, where it hands on to */
  fds: [socketFd: number, ...handOnFds: number[]]
}

serve<FrontTask>(() => ({
  open: (addon, { fds: [socketFd, ...handOnFds], payloadBytes, blockOffset }, memory) =>
    addon.frontOpen(socketFd, Int32Array.from(handOnFds), payloadBytes, memory, blockOffset),
  step: (addon, front, maxNs) => addon.frontStep(front, maxNs),
  waitsIn: 'recvmmsg',
}))
