import * as Flags from '@oclif/core/flags'

/** The flag of every command whose results can be held against limits. */
export const thresholdFlags = {
  threshold: Flags.string({
    description:
      "limit that a metric must keep, such as 'latency.response.p99<2ms' (rpbench metrics lists them); may be repeated",
    multiple: true,
    helpValue: 'LIMIT',
    helpGroup: 'OUTPUT',
  }),
}
