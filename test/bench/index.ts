import { measureFootprint } from './footprint.js'
import { compareWithYardstick } from './yardstick.js'

await compareWithYardstick()
await measureFootprint()
