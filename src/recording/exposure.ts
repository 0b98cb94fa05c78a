import type { Family } from '../plan/transport.js'

/** Where others than this host can reach a group: at one address, or at every address of the host in a family. */
export type Exposure = { address: string } | { everyAddressOf: Family }
