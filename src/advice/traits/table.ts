import type { SomeReadings, TraitId, TraitReadings } from '../../recording/trait-readings.js'
import { CPU_TRAITS } from './cpu-traits.js'
import { GROUP_TRAITS } from './group-traits.js'
import { KERNEL_TRAITS } from './kernel-traits.js'
import { LIMIT_TRAITS } from './limit-traits.js'
import { NETWORK_TRAITS } from './network-traits.js'
import { TIME_TRAITS } from './time-traits.js'
import { unknown, type Judged, type TraitRows } from './row.js'

/** Every trait of a host that matters to a run, in the order in which they are told. */
export const TRAITS: TraitRows<TraitId> = {
  ...GROUP_TRAITS,
  ...CPU_TRAITS,
  ...TIME_TRAITS,
  ...LIMIT_TRAITS,
  ...NETWORK_TRAITS,
  ...KERNEL_TRAITS,
}

export const TRAIT_IDS = Object.keys(TRAITS) as TraitId[]

/** A trait as it is on a host. */
export interface FoundTrait extends Judged {
  id: TraitId
}

/** Judges what was read of a host: those traits that were looked at, in the order of the table. */
export function judgeTraits(readings: SomeReadings): FoundTrait[] {
  return TRAIT_IDS.flatMap((id) => judgeTrait(id, readings) ?? [])
}

function judgeTrait(id: TraitId, readings: SomeReadings): FoundTrait | undefined {
  const reading = readings[id]
  if (reading === undefined) return undefined
  if ('unknown' in reading) return { id, ...unknown(reading.unknown) }
  // The reading is that of this id.
  const judge = TRAITS[id].judge as (reading: TraitReadings[TraitId]) => Judged
  return { id, ...judge(reading) }
}
