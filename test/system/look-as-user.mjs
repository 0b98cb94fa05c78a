// Opens an observer on a UDP port, and says how far it sees, as JSON.
import { diagnosed } from '../../dist/src/host/sock-diag.js'
import { findSocketHolders } from '../../dist/src/host/socket-owner.js'
import { openObserver } from '../../dist/src/observer/open.js'

const port = Number(process.argv[2])
const rows = diagnosed('udp', port, 'ipv4')
const { byInode } = findSocketHolders(rows.map(({ inode }) => inode))
const sockets = rows.map(({ inode, cookie }) => ({ inode, cookie, holders: byInode.get(inode) ?? [] }))
const observer = openObserver({ protocol: 'udp', port, upTo: 'explain', sockets })
process.stdout.write(JSON.stringify({ level: observer.level, refusals: observer.refusals }))
