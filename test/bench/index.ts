import { compareDispatches } from './dispatch.js'
import { measureFlows } from './flows.js'
import { measureFootprint } from './footprint.js'
import { measureIntervals } from './intervals.js'
import { measureMembers } from './members.js'
import { compareWithServersOwn } from './servers.js'
import { compareWithNeper } from './neper.js'
import { printQueueingTheory } from './queueing.js'
import { measureRates } from './rate.js'
import { measureStamps } from './stamps.js'
import { compareWithYardstick } from './yardstick.js'

await compareWithYardstick()
await compareWithNeper()
await compareWithServersOwn()
await compareDispatches()
await measureStamps()
await measureFootprint()
await measureMembers()
await measureFlows()
await measureRates()
await measureIntervals()
await printQueueingTheory()
