import { attachResultOf } from '../assembly/attach.js'
import { attachTools, watchGroup } from '../experiment/attach.js'
import { detachGroups, type DetachedGroup } from '../experiment/attach/detach.js'
import { hostRecord } from '../experiment/host-record.js'
import { planAttach, planDetach } from '../plan/attach-plan.js'
import { keysOf } from '../plan/parameters/table.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'
import type { AttachInterval, AttachResult } from '../result/attach-result.js'
import { TOOL_VERSION } from './tool-version.js'
import type { Watching } from './watching.js'

/** What a caller may want of it while it goes on. */
export interface WatchingGroup extends Pick<Watching, 'signal'> {
  /** told of each part of the time as it ends */
  onInterval?: ((interval: AttachInterval) => void) | undefined
}

/** A group that is to be watched. */
export interface PreparedAttach {
  intervalNs: number
  durationNs: number
  /** @throws RpbenchError RPB_USAGE where nobody is bound to the port, RPB_HOST where there is no /proc */
  watch: (watching: WatchingGroup) => Promise<{ result: AttachResult; failure?: unknown }>
}

/**
 * Plans the watching of a live group that is not ours.
 * @throws RpbenchError (wrong usage) naming the flag; nothing was looked at then
 */
export function prepareAttach(texts: FlagTexts<'attach'>): PreparedAttach {
  const { asked, supplied } = readTexts('attach', keysOf('attach'), texts)
  const plan = planAttach(asked)
  const { intervalNs, durationNs } = plan
  return {
    intervalNs,
    durationNs,
    watch: async ({ signal, onInterval }) => {
      const { watched, ...failed } = await watchGroup(
        { plan, signal: signal ?? new AbortController().signal, onInterval: onInterval ?? (() => {}) },
        attachTools(plan),
      )
      const origin = { toolVersion: TOOL_VERSION, host: hostRecord(), supplied }
      return { result: attachResultOf(watched, origin), ...failed }
    },
  }
}

/**
 * Takes off what an rpbench which was killed left on the groups of a port: those of UDP and TCP, unless one is named.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function detachFilters(texts: FlagTexts<'attach'>): DetachedGroup[] {
  return detachGroups(planDetach(readTexts('attach', keysOf('attach'), texts).asked))
}
