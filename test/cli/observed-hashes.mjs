// Prints the hashes that the kernel gives to flows, as JSON: a list for each of the groups. Argument: what groups are
// bound to, one after another on the same port, and the sources of the flows, `{"locals": […], "sources": [{address, port}]}`.
import { openSocket } from '../../dist/src/host/transport.js'
import { addon, SOL_SOCKET, SO_REUSEPORT } from '../../dist/src/native.js'
import { HashObserver } from '../../dist/src/steering/hash-observer.js'

const PORT = 5000
const { locals, sources } = JSON.parse(process.argv[2])

function bound(address, port) {
  const fd = openSocket({ address })
  addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)
  if (addon.bind(fd, address, port) < 0) throw new Error(`${address} cannot be bound`)
  return fd
}

const hashes = locals.map((local) => {
  const group = [bound(local, PORT), bound(local, PORT)]
  const observer = new HashObserver(sources.length)
  observer.attach(group)
  const clients = sources.map(({ address, port }) => bound(address, port))
  const to = local === '::' ? '::1' : local
  for (const client of clients) addon.send(client, new Uint8Array(1), to, PORT)
  const seen = observer.hashesOf(sources)
  observer.close()
  for (const fd of [...group, ...clients]) addon.close(fd)
  return seen
})
process.stdout.write(JSON.stringify(hashes))
