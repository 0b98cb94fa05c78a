import { ADDRESSES, COUNT, NUMBER, PORTS, TEXT } from './kind.js'
import { AND_CHURN, RUNS, type Row } from './row.js'

const MOST_FLOWS = 16_000_000

/** The parameters of the flows, in the order of the help. */
export const FLOWS_PARAMETERS = {
  flows: {
    kind: COUNT,
    flag: 'flows',
    char: 'f',
    min: 1,
    max: MOST_FLOWS,
    default: '1000',
    help: 'flows, each from a source port of its own',
    group: 'FLOWS',
    commands: {
      ...RUNS,
      churn: { default: '2000' },
      verify: {
        default: '10k',
        unset: 'or what the open-file limit allows',
        max: 20_000,
        group: undefined,
      },
      predict: {
        default: undefined,
        max: undefined,
        help: 'predict how evenly this many flows spread, such as 10k',
        group: undefined,
      },
    },
  },
  seed: {
    kind: NUMBER,
    flag: 'seed',
    min: 0,
    max: 2 ** 31 - 1,
    default: '1',
    help: 'seed of whatever is drawn: source ports, weights, arrivals',
    group: 'FLOWS',
    commands: AND_CHURN,
  },
  sourcePorts: {
    kind: PORTS,
    flag: 'source-ports',
    min: 1,
    max: 65_535,
    unset: 'the ephemeral range',
    help: 'source ports to draw from',
    group: 'FLOWS',
    commands: AND_CHURN,
  },
  sourceAddresses: {
    kind: ADDRESSES,
    flag: 'source-addresses',
    unset: 'as many of 127.0.0.x as needed, or ::1',
    optional: true,
    help: 'source addresses, as range or list',
    group: 'FLOWS',
    commands: AND_CHURN,
  },
  waveSize: {
    kind: COUNT,
    flag: 'wave-size',
    min: 1,
    max: MOST_FLOWS,
    unset: 'what the open-file limit allows',
    help: 'flows open at a time',
    group: 'FLOWS',
    commands: RUNS,
  },
  weights: {
    kind: TEXT,
    value: 'W',
    flag: 'weights',
    default: 'uniform',
    help: 'how often each flow sends: uniform, zipf:S, or a file with a line for each flow that ends in its weight',
    group: 'FLOWS',
    commands: RUNS,
  },
} as const satisfies Readonly<Record<string, Row>>
