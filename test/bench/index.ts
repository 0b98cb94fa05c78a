import { measureFootprint } from './footprint.js'
import { compareWithQueueingTheory } from './queueing.js'
import { measureRates } from './rate.js'
import { compareWithYardstick } from './yardstick.js'

await compareWithYardstick()
await measureFootprint()
await measureRates()
await compareWithQueueingTheory()
