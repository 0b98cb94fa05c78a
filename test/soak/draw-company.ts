import { PORT, TOKEN_FILE } from './company.js'
import type { Dice } from './dice.js'
import type { Length } from './draw-words.js'
import type { SoakCase } from './soak-case.js'

/** The tool beside somebody else: it watches a group, or serves one to a client. */
export function drawAccompanied(base: SoakCase, dice: Dice, length: Length): SoakCase {
  return dice.chance(0.5) ? drawAttach(base, dice, length) : drawServe(base, dice, length)
}

function drawAttach(base: SoakCase, dice: Dice, { leastMs, mostMs }: Length): SoakCase {
  const protocol = dice.pick(['udp', 'tcp'] as const)
  const words = [
    'attach',
    `--port=${PORT}`,
    `--${protocol}`,
    `-d=${dice.whole(Math.max(100, leastMs), Math.max(1000, mostMs))}ms`,
    ...(dice.chance(0.3) ? [`--level=${dice.pick(['look', 'count', 'explain'])}`] : []),
    ...(dice.chance(0.3) ? [`--interval=${dice.pick(['100ms', '300ms'])}`] : []),
  ]
  return { ...base, words, company: { kind: 'group', protocol, procs: dice.whole(1, 6) } }
}

function drawServe(base: SoakCase, dice: Dice, { leastMs, mostMs }: Length): SoakCase {
  const port = dice.whole(20_000, 25_000)
  const controlPort = port + 5001
  const words = [
    'serve',
    `-p=${dice.whole(1, 4)}`,
    `--port=${port}`,
    `--control-port=${controlPort}`,
    `--token-file=${TOKEN_FILE}`,
    `-d=${1000 + dice.whole(leastMs, mostMs)}ms`,
    ...(dice.chance(0.3) ? ['-q'] : []),
    ...(dice.chance(0.2) ? [`--service-time=${dice.pick(['5us', '100us'])}`] : []),
  ]
  return { ...base, words, saves: false, company: { kind: 'client', port, controlPort } }
}
