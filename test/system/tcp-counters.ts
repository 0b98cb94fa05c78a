import { readFileSync } from 'node:fs'

/** The Tcp counters of this network namespace, by name. */
export function tcpCounters(): { ActiveOpens: number; EstabResets: number; PassiveOpens: number } {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' ').slice(1))
  return Object.fromEntries(names!.map((name, i) => [name, Number(values![i])])) as ReturnType<
    typeof tcpCounters
  >
}
