// Opens an observer on the sockets that it is told as JSON, says how far it sees, and keeps it until it is ended.
import { openObserver } from '../../dist/src/observer/open.js'

const observer = openObserver(JSON.parse(process.argv[2]))
process.stdout.write(`${JSON.stringify({ level: observer.level, refusals: observer.refusals })}\n`)
// `handled`: as the tool does, which ends in good order by itself.
if (process.argv[3] === 'handled')
  for (const name of ['SIGINT', 'SIGTERM'])
    process.on(name, () => {
      observer.close()
      process.exit(130)
    })
setInterval(() => observer.counts(), 20)
