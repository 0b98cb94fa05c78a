import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './process-table.js'

/** Whether a server is installed. */
export const has = (tool: string): boolean => spawnSync(tool, ['-v']).error === undefined

/** A server of somebody else, as it is started in the foreground. */
export interface Server {
  tool: string
  args: (folder: string) => string[]
  config: (folder: string, port: number) => string
}

/**
 * Starts a server in a folder of its own, on a port that is free: another process may take it meanwhile, so that the server ends,
 * and another is tried.
 * @returns the port, once the server is ready, its folder, and what ends it
 */
export async function serve({ tool, args, config }: Server, isReady: (port: number) => boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'rpbench-server-'))
  writeFileSync(join(folder, 'zone'), '@ SOA ns a 1 3600 3600 3600 3600\n@ NS ns\nns A 127.0.0.1\n')
  for (;;) {
    const probe = createSocket('udp4').bind(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address()
    probe.close()
    await once(probe, 'close')
    writeFileSync(join(folder, 'server.conf'), config(folder, port))
    const child = spawn(tool, args(folder), { stdio: 'ignore' })
    const ended = once(child, 'exit')
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
    await until(`${tool} is ready`, () => isReady(port) || hasEnded())
    if (hasEnded()) continue
    const end = async (): Promise<void> => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    }
    return { port, folder, end }
  }
}

export const NGINX: Server = {
  tool: 'nginx',
  args: (folder) => ['-c', join(folder, 'server.conf'), '-e', join(folder, 'error')],
  config: (folder, port) => `
daemon off; worker_processes 4; pid ${folder}/pid; error_log ${folder}/error;
events { worker_connections 600; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port} reuseport; location / { return 200 $pid; } }
}`,
}

export const DNS_SERVERS: readonly Server[] = [
  {
    tool: 'knotd',
    args: (folder: string) => ['-c', join(folder, 'server.conf')],
    config: (folder: string, port: number) => `
server:
    rundir: ${folder}
    listen: 127.0.0.1@${port}
    udp-workers: 4
    tcp-reuseport: on
database:
    storage: ${folder}
zone:
  - domain: example.org
    file: ${folder}/zone
`,
  },
  {
    tool: 'nsd',
    args: (folder: string) => ['-d', '-c', join(folder, 'server.conf')],
    config: (folder: string, port: number) => `
server:
    server-count: 4
    reuseport: yes
    rrl-ratelimit: 0
    ip-address: 127.0.0.1@${port}
    username: ""
    pidfile: ${folder}/pid
    xfrdfile: ${folder}/xfrd
    zonelistfile: ${folder}/list
    xfrdir: ${folder}
    zonesdir: ${folder}
    database: ""
remote-control:
    control-enable: no
zone:
    name: example.org
    zonefile: ${folder}/zone
`,
  },
]

/** The question for the SOA record of example.org (RFC 1035). */
export const QUESTION = Buffer.concat([
  Buffer.from([0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
  Buffer.from('\x07example\x03org\x00', 'latin1'),
  Buffer.from([0, 6, 0, 1]),
])
