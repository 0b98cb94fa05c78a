import { RpbenchError } from '../errors.js'
import { flagOf } from './parameters/table.js'

/** What a network namespace of our own is for: a TUN device, or a network of IPv6 whose addresses are all local. */
export type OwnNetwork = 'tun' | 'ipv6'

/** Told where only the network namespace is missing that a plan takes. Whoever can make one starts the command anew in it. */
export class OwnNetworkError extends RpbenchError {
  /**
   * @param wanted what takes it, as the beginning of a sentence
   * @param instead what to try where it cannot be had, as the end of one
   */
  constructor(
    readonly network: OwnNetwork,
    readonly wanted: string,
    readonly instead: string,
  ) {
    super(
      'RPB_OWN_NETWORK',
      `${wanted} runs in a network namespace of its own, which the command makes and a program that imports rpbench does not: have the program start rpbench run --json, or take another ${flagOf('engine')}.`,
    )
  }

  /** @param why it cannot be had, as half a sentence */
  refused(why: string): RpbenchError {
    return new RpbenchError('RPB_ENGINE', `${this.wanted} cannot be had: ${why}; ${this.instead}.`)
  }
}
