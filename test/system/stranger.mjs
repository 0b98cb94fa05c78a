// A process that is no part of rpbench and shares a port all the same: told a port on its standard input, it binds
// it with SO_REUSEPORT, says `bound`, and takes nothing. Told a port and a time in ms, it also leaves after that, and says `left`;
// then it may be told so again. Arguments: the addon, and the address to bind.
const [addonFile, address] = process.argv.slice(2)
const loaded = { exports: {} }
process.dlopen(loaded, addonFile)
const addon = loaded.exports
const [AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_REUSEPORT] = [2, 2, 1, 15]

process.stdout.write('ready\n')
process.stdin.on('data', (text) => {
  const [port, stayMs] = String(text).split(' ').map(Number)
  const fd = addon.socket(AF_INET, SOCK_DGRAM)
  addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)
  const status = addon.bind(fd, address, port)
  process.stdout.write(status === 0 ? 'bound\n' : `errno ${-status}\n`)
  if (stayMs === undefined) return
  setTimeout(() => {
    addon.close(fd)
    process.stdout.write('left\n')
  }, stayMs)
})
