// Runs a plan over an engine whose flows share something, then the same flows with a socket each, on the same port, and prints both outcomes. To be run
// in a network namespace of its own, where the kernel's hash is the same for both.
import { runExperiment } from '../../dist/src/experiment/run.js'
import { prepareTraffic } from '../../dist/src/experiment/traffic.js'
import { completePlan } from '../../dist/src/plan/run-plan.js'
import { isInOwnNetwork } from '../../dist/src/host/own-network.js'

const [engine, host, flows, requests, workers] = process.argv.slice(2)
const REQUEST = {
  host,
  procs: 5,
  flows: Number(flows),
  requests: Number(requests),
  workers: Number(workers),
  inFlight: 100,
  port: 12_345,
  warmupNs: 50e6,
  timeoutNs: 10e9,
}

/** A listed plan of the flows of another run. */
function listed(rows) {
  const addresses = [...new Set(rows.map(({ sourceAddress }) => sourceAddress))]
  const indexOf = new Map(addresses.map((address, index) => [address, index]))
  return {
    addresses,
    addressIndex: Uint16Array.from(rows, ({ sourceAddress }) => indexOf.get(sourceAddress)),
    port: Uint16Array.from(rows, ({ sourcePort }) => sourcePort),
    flows: rows.length,
  }
}

async function measure(request, flowPlan) {
  const plan = completePlan(request, {
    cpus: 2,
    ephemeralPorts: [32_768, 60_999],
    openFiles: { limit: 20_000, used: 30 },
    inOwnNetwork: isInOwnNetwork(),
  })
  const { result, flows: rows } = await runExperiment({
    plan,
    traffic: { ...prepareTraffic(plan), ...(flowPlan && { flowPlan }) },
    supplied: {},
    toolVersion: '0.0.0',
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  return { result, flows: [...rows] }
}

const shared = await measure({ ...REQUEST, engine })
const own = await measure({ ...REQUEST, engine: 'epoll' }, listed(shared.flows))
process.stdout.write(JSON.stringify({ shared, own }))
