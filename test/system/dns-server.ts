import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { encode } from 'dns-packet'
import { until } from './process-table.js'

const ZONE = `$ORIGIN example.com.
$TTL 3600
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A 127.0.0.1
www A 192.0.2.1
${Array.from({ length: 60 }, (_, i) => `many A 192.0.2.${i + 1}`).join('\n')}
`

/** How a real server of DNS is made to serve a zone from a folder, at a port of 127.0.0.1. */
const SERVERS = {
  knotd: {
    config: (folder: string, port: number) => `server:
  rundir: ${folder}
  listen: 127.0.0.1@${port}
  udp-workers: 2
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: error
database:
  storage: ${folder}/db
zone:
  - domain: example.com
    file: ${folder}/zone
`,
    args: (config: string) => ['-c', config],
  },
  nsd: {
    config: (folder: string, port: number) => `server:
  ip-address: 127.0.0.1
  port: ${port}
  reuseport: yes
  server-count: 2
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  pidfile: ""
  zonelistfile: "${folder}/zone.list"
  xfrdfile: "${folder}/xfrd.state"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: example.com
  zonefile: zone
`,
    args: (config: string) => ['-d', '-c', config],
  },
  unbound: {
    config: (folder: string, port: number) => `server:
  interface: 127.0.0.1
  port: ${port}
  num-threads: 2
  so-reuseport: yes
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  local-zone: "example.com." static
  local-data: "www.example.com. A 192.0.2.1"
${Array.from({ length: 60 }, (_, i) => `  local-data: "many.example.com. A 192.0.2.${i + 1}"`).join('\n')}
remote-control:
  control-enable: no
`,
    args: (config: string) => ['-d', '-c', config],
  },
} as const

export type DnsServerName = keyof typeof SERVERS

/** Those that are installed here. */
export const dnsServers = (Object.keys(SERVERS) as DnsServerName[]).filter((name) => {
  try {
    execFileSync('sh', ['-c', `PATH="$PATH:/usr/sbin" command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

/** Starts one, and waits until it answers. @param folder for its files */
export async function startDnsServer(
  name: DnsServerName,
  folder: string,
  port: number,
): Promise<ChildProcess> {
  const { config, args } = SERVERS[name]
  const file = path.join(folder, `${name}.conf`)
  writeFileSync(file, config(folder, port))
  writeFileSync(path.join(folder, 'zone'), ZONE)
  const server = spawn(name, args(file), {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  })
  const client = createSocket('udp4')
  try {
    let answered = false
    client.on('message', () => (answered = true)).on('error', () => {})
    await until(`${name} answers`, () => {
      if (!answered)
        client.send(
          encode({ type: 'query', questions: [{ name: 'www.example.com', type: 'A' }] }),
          port,
          '127.0.0.1',
        )
      return answered || undefined
    })
  } catch (error) {
    server.kill('SIGKILL')
    throw error
  } finally {
    client.close()
  }
  return server
}

export async function stopDnsServer(server: ChildProcess): Promise<void> {
  const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined
  server.kill('SIGTERM')
  await ended
}
