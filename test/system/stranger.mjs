// A process that is no part of rpbench and shares a port all the same: told a port on its standard input, it binds
// it with SO_REUSEPORT, says `bound`, and takes nothing. Arguments: the addon, and the address to bind.
const [addonFile, address] = process.argv.slice(2)
const loaded = { exports: {} }
process.dlopen(loaded, addonFile)
const addon = loaded.exports
const [AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_REUSEPORT] = [2, 2, 1, 15]

process.stdout.write('ready\n')
process.stdin.once('data', (text) => {
  const fd = addon.socket(AF_INET, SOCK_DGRAM)
  addon.setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)
  const status = addon.bind(fd, address, Number(text))
  process.stdout.write(status === 0 ? 'bound\n' : `errno ${-status}\n`)
})
