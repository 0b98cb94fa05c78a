import { RESULT_KINDS } from '../../result/saved-result.js'
import type { Format } from './format.js'

/** Every format of `rpbench report`, by its name. A further one is a file of its own and a row here. */
export const FORMATS = {
  text: {
    help: 'as after the measuring',
    takes: RESULT_KINDS,
    render: async (reported, options) => (await import('./text.js')).reportText(reported, options),
  },
  json: {
    help: 'the result as it was saved, with these thresholds; of several a list',
    takes: RESULT_KINDS,
    render: async (reported) => (await import('./json.js')).reportJson(reported),
  },
} as const satisfies Readonly<Record<string, Format>>

export type FormatName = keyof typeof FORMATS
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]]

/** What is said of a format. */
export const formatRow = (name: FormatName): Format => FORMATS[name]
