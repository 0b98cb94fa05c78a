// Preloaded into the tool: says on standard error, as it ends, which files of ours it has loaded.
const path = require('node:path')

const root = `${__dirname}${path.sep}..${path.sep}..`
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file !== __filename)
  process.stderr.write(files.map((file) => `${path.relative(root, file)}\n`).join(''))
})
