import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { until } from '../system/process-table.js'

/** One of two network namespaces. It is there as long as the process that holds it, which ends with the test's. */
class Side {
  readonly #holder: ChildProcess

  constructor() {
    this.#holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', 'sleep', 'infinity'], {
      stdio: 'ignore',
    })
  }

  get pid(): number {
    return this.#holder.pid!
  }

  /** What runs a command in it. */
  get under(): string[] {
    return ['nsenter', '-t', String(this.pid), '-n']
  }

  async ready(): Promise<void> {
    const ours = readlinkSync('/proc/self/ns/net')
    await until('it has a namespace', () => readlinkSync(`/proc/${this.pid}/ns/net`) !== ours)
  }

  run(command: string, input = ''): string {
    return execFileSync('nsenter', ['-t', String(this.pid), '-n', 'sh', '-c', command], {
      encoding: 'utf8',
      input,
    })
  }

  /** Drops a part of the datagrams that arrive, at random, and counts them. */
  lose(device: string, what: string, percent: number): void {
    this.run(
      'nft -f -',
      `table netdev loss {
        counter lost { }
        chain in {
          type filter hook ingress device ${device} priority 0
          ${what} numgen random mod 100 < ${percent} counter name lost drop
        }
      }
      `,
    )
  }

  /** Gives datagrams that leave by a device ports of a range that no client takes. */
  translate(device: string): void {
    this.run(
      'nft -f -',
      `table ip translation {
        chain out {
          type nat hook postrouting priority 100
          oifname ${device} meta l4proto udp masquerade to :20000-20999
        }
      }
      `,
    )
  }

  /** Counts what goes to a port of the other side and comes back: datagrams, or of TCP the requests for a connection and their grants. */
  count(device: string, from: string, to: string, protocol: 'udp' | 'tcp', port: number): void {
    const [there, back] =
      protocol === 'udp'
        ? ['', '']
        : ['tcp flags & (syn | ack) == syn', 'tcp flags & (syn | ack) == syn | ack']
    this.run(
      'nft -f -',
      `table ip asked {
        counter requests { }
        counter replies { }
        chain out {
          type filter hook output priority 0
          oifname ${device} ip saddr ${from} ip daddr ${to} ${protocol} dport ${port} ${there} counter name requests
        }
        chain in {
          type filter hook input priority 0
          iifname ${device} ip saddr ${to} ip daddr ${from} ${protocol} sport ${port} ${back} counter name replies
        }
      }
      `,
    )
  }

  /** What `count` has counted, in packets. */
  get counted(): Record<string, number> {
    return Object.fromEntries(this.#counters().map(({ name, packets }) => [name, packets]))
  }

  #counters(): { name: string; packets: number }[] {
    const { nftables } = JSON.parse(this.run('nft -j list counters')) as {
      nftables: { counter?: { name: string; packets: number } }[]
    }
    return nftables.flatMap(({ counter }) => counter ?? [])
  }

  /** What `lose` has dropped. */
  get lost(): number {
    return this.#counters()[0]!.packets
  }

  /** Udp InDatagrams and OutDatagrams of the namespace, since it is there. */
  get udp(): { in: number; out: number } {
    const [names = '', values = ''] = this.run("grep '^Udp:' /proc/net/snmp").split('\n')
    const value = (name: string): number => Number(values.split(' ')[names.split(' ').indexOf(name)])
    return { in: value('InDatagrams'), out: value('OutDatagrams') }
  }

  end(): void {
    this.#holder.kill('SIGKILL')
  }
}

export const CLIENT_ADDRESS = '10.77.0.1'
export const SERVER_ADDRESS = '10.77.0.2'
/** of the server over IPv6, unique local; the client has one of the same network */
export const SERVER_ADDRESS_6 = 'fd77::2'

/** Two network namespaces with a veth pair between them: `serve0` at the client, `serve1` at the server. */
export class TwoNetworks {
  readonly client = new Side()
  readonly server = new Side()

  static async make(): Promise<TwoNetworks> {
    const made = new TwoNetworks()
    const { client, server } = made
    try {
      await Promise.all([client.ready(), server.ready()])
      client.run(`ip link add serve0 type veth peer name serve1 netns ${server.pid}`)
      client.run(`ip link set lo up && ip addr add ${CLIENT_ADDRESS}/24 dev serve0 && ip link set serve0 up`)
      server.run(`ip link set lo up && ip addr add ${SERVER_ADDRESS}/24 dev serve1 && ip link set serve1 up`)
      // Without the second that it takes to find that nobody else has them.
      client.run('ip addr add fd77::1/64 dev serve0 nodad')
      server.run(`ip addr add ${SERVER_ADDRESS_6}/64 dev serve1 nodad`)
      return made
    } catch (error) {
      made.end()
      throw error
    }
  }

  end(): void {
    this.client.end()
    this.server.end()
  }
}

/** Whether this user may have them, and this host has what loses packets. */
export async function mayHaveTwoNetworks(): Promise<boolean> {
  try {
    const networks = await TwoNetworks.make()
    try {
      networks.client.lose('serve0', 'udp dport 9', 1)
      return networks.client.lost === 0
    } finally {
      networks.end()
    }
  } catch {
    return false
  }
}
