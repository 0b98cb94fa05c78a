// Opens a socket and prints, as JSON, what the tool reads of its port: by sock_diag, and by whatever it can have.
import { openSocket } from '../../dist/src/host/transport.js'
import { diagnosedSockets } from '../../dist/src/host/udp-diag.js'
import { readSocketsOnPort } from '../../dist/src/host/udp-sockets.js'
import { addon } from '../../dist/src/native.js'

const fd = openSocket({ address: '127.0.0.1' })
if (addon.bind(fd, '127.0.0.1', 0) < 0) throw new Error('it cannot be bound')
const port = addon.localPort(fd)
const [diagnosed, read] = [diagnosedSockets(port, 'ipv4'), readSocketsOnPort(port)]
process.stdout.write(
  JSON.stringify({ diagnosed: diagnosed ?? null, addresses: read.map(({ address }) => address) }),
)
