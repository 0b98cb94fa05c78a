import type { PreparedService } from '../api/serve.js'
import type { Serving, ServeState } from '../experiment/serve.js'
import { reachableAddress } from '../host/reachable-address.js'
import { isOpenToOthers } from '../plan/serve-plan.js'
import { boundTo } from '../plan/transport.js'
import { renderGreeting } from '../report/serve/greeting.js'
import { servedRunPhrases, servedTable } from '../report/serve/text.js'
import { createStyle, type StyleOptions } from '../report/style.js'
import { layOut } from '../report/line.js'
import type { ServedRunResult } from '../result/serve-result.js'
import { formatDuration } from '../units/format.js'
import { LiveTable } from './live-table.js'

interface ScreenOptions {
  quiet: boolean
  /** takes where it serves */
  greet: (text: string) => void
  options: Omit<StyleOptions, 'praise'>
}

/** What a group that serves shows meanwhile: how it is asked, and on a terminal what each member got so far. */
export class ServeScreen {
  readonly #table = new LiveTable(process.stderr)

  constructor(
    readonly prepared: Pick<PreparedService, 'plan' | 'token' | 'newToken'>,
    readonly shown: ScreenOptions,
  ) {}

  readonly greet = (serving: Serving): void => {
    const { plan, token, newToken } = this.prepared
    const { greet, options } = this.shown
    greet(
      renderGreeting(
        {
          plan,
          ...serving,
          ...(newToken && { newToken: token }),
          address: reachableAddress(boundTo(plan).address),
          open: isOpenToOthers(plan),
        },
        options,
      ),
    )
  }

  readonly update = ({ members, client, runs }: ServeState): void => {
    if (this.shown.quiet) return
    this.#table.draw((columns) => {
      const style = createStyle({ ...this.shown.options, columns })
      const now = client
        ? `serves ${client.address} for ${formatDuration(Math.round(client.forNs / 1e9) * 1e9)}`
        : 'waits for a client'
      return [
        ...servedTable(members, style),
        ...layOut([{ label: 'now', phrases: [{ text: now }, { text: `${runs} served before` }] }], style),
      ]
    })
  }

  /** A run is over: a line that stays. */
  readonly keep = (run: ServedRunResult): void => {
    if (this.shown.quiet) return
    this.#table.clear()
    const style = createStyle({ ...this.shown.options, columns: (process.stderr.columns || 100) - 1 })
    process.stderr.write(`${layOut([{ label: 'run', phrases: servedRunPhrases(run) }], style).join('\n')}\n`)
  }

  end(): void {
    this.#table.clear()
  }
}
