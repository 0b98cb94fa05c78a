// Preloaded into the tool where it must not start anything: says so on standard error, and fails.
const childProcess = require('node:child_process')
const threads = require('node:worker_threads')
const { syncBuiltinESMExports } = require('node:module')

function refuse() {
  process.stderr.write('something was started\n')
  process.exit(99)
}
childProcess.spawn = refuse
threads.Worker = refuse
syncBuiltinESMExports()
