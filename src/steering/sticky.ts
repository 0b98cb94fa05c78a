import { cpus } from 'node:os'
import { MAP_LRU_HASH } from './bpf.js'
import { findConsistentLife } from './consistent.js'
import { jump, label, load32, store32, type Program } from './ebpf.js'
import { LookupTable } from './lookup-table.js'
import { begin, FLOW_KEY_BYTES, loadFlowKey, lookup, pass, select, update } from './reuseport-program.js'
import type { LifeProgram } from './life-steering.js'

/** On the program's stack: the flow's key, and the life's number. */
const FLOW = -FLOW_KEY_BYTES
const LIFE = FLOW - 4

/** Entries that a CPU keeps in stock for itself (LOCAL_FREE_TARGET, kernel/bpf/bpf_lru_list.c). */
const STOCK_PER_CPU = 128

export const stickyProgram = (socketsFd: number, tableFd: number, flowsFd: number): Program => [
  ...begin(),
  ...loadFlowKey(FLOW),
  // A known flow goes where it was, unless that life is over by now.
  ...lookup(flowsFd, FLOW, 'choose'),
  load32(1, 0, 0),
  store32(10, LIFE, 1),
  ...select(socketsFd, LIFE, 'choose'),
  jump('pass'),
  // Any other goes where consistent steering sends it, and is known from then on.
  label('choose'),
  ...findConsistentLife(tableFd, LIFE),
  ...select(socketsFd, LIFE, 'pass'),
  ...update(flowsFd, FLOW, LIFE),
  ...pass(),
]

/**
 * A table of flows in front of consistent steering: no flow moves while its member lives. Lives are never used again,
 * so an entry is void from the moment in which that life is over. When the table is full it forgets flows that
 * were silent for long.
 * @param flows that it must not forget
 */
export const sticky =
  (flows: number): LifeProgram =>
  (scope, socketsFd) => {
    const table = new LookupTable(scope)
    // Twice as many as needed, since the kernel evicts in batches and in a rough order.
    const entries = 2 * flows + 2 * STOCK_PER_CPU * cpus().length
    const known = scope.createMap({ type: MAP_LRU_HASH, keyBytes: FLOW_KEY_BYTES, valueBytes: 4, entries })
    return { program: stickyProgram(socketsFd, table.fd, known.fd), directory: table }
  }
