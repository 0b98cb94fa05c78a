import type { ServePlan } from '../../plan/serve-plan.js'
import { flagOf } from '../../plan/parameters/table.js'
import { boundTo } from '../../plan/transport.js'
import { endpoint } from '../../units/addresses.js'
import { plural } from '../../units/plural.js'
import { titleLines } from '../header.js'
import { layOut } from '../line.js'
import { createStyle, type StyleOptions } from '../style.js'

export interface Greeting {
  plan: ServePlan
  port: number
  controlPort: number
  /** absent where the user has it in a file or in the environment */
  newToken?: string
  /** at which clients can ask: one of the group's, or of the host's */
  address: string
  /** whether others than this host can */
  open: boolean
}

/** What a client on another host types. */
export function clientCommand({
  port,
  controlPort,
  newToken,
  address,
  open,
}: Omit<Greeting, 'plan'>): string {
  return [
    ...(newToken === undefined ? [] : [`RPBENCH_TOKEN=${newToken}`]),
    'rpbench run',
    `${flagOf('target')} ${endpoint(address, port)} ${flagOf('protocol')} echo`,
    ...(controlPort === port ? [] : [`${flagOf('controlPort')} ${controlPort}`]),
    // A server elsewhere is loaded modestly where nothing is said.
    ...(open ? [`${flagOf('allowRemote')} ${flagOf('flows')} 10k ${flagOf('inFlight')} 64`] : []),
  ].join(' ')
}

/** Where a group serves, and how it is asked. The command stands on a line of its own, uncut: it is to be copied. */
export function renderGreeting(greeting: Greeting, options: Omit<StyleOptions, 'praise'>): string {
  const { plan, port, controlPort, newToken, open } = greeting
  const style = createStyle(options)
  const { address } = boundTo(plan)
  const [one, many] = plan.server === 'threads' ? ['thread', 'threads'] : ['process', 'processes']
  return [
    ...titleLines(
      'rpbench serve',
      [
        { text: `udp ${endpoint(address, port)}` },
        { text: plural(plan.procs, one, many) },
        { text: `control connection tcp ${endpoint(address, controlPort)}` },
        ...(plan.steering === 'hash' ? [] : [{ text: `steering ${plan.steering}` }]),
        ...(plan.dispatch === 'reuseport' ? [] : [{ text: `dispatch ${plan.dispatch}` }]),
      ],
      style,
    ),
    '',
    ...layOut(
      [
        ...(newToken === undefined
          ? [{ label: 'token', phrases: [{ text: 'the one that was given; a client has to have it too' }] }]
          : []),
        { label: 'client', phrases: [{ text: 'what to type there:' }] },
      ],
      style,
    ),
    '',
    clientCommand(greeting),
    '',
    ...(open
      ? []
      : layOut(
          [
            {
              label: 'note',
              phrases: [
                {
                  text: `only this host reaches it: for others give ${flagOf('host')} an address that they reach, or ${flagOf('listen')} any`,
                },
              ],
            },
          ],
          style,
        )),
    ...(open ? [] : ['']),
  ].join('\n')
}
