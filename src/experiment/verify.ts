import { flagOf } from '../plan/parameters/table.js'
import { affinityRun, judgeAffinity } from '../analysis/claims/affinity-claim.js'
import { balanceDraw, judgeBalance } from '../analysis/claims/balance-claim.js'
import { judgeChurn } from '../analysis/claims/churn-claim.js'
import { judgeOverload } from '../analysis/claims/overload-claim.js'
import { untold } from '../analysis/claims/ruling.js'
import { exitStatusOf, RpbenchError } from '../errors.js'
import { hostRecord } from './host-record.js'
import type { ClaimId } from '../plan/claim-ids.js'
import { churnPlan, placesFlows } from '../plan/verify-plan.js'
import { COUNTED_AS, portProtocolOf } from '../plan/protocol.js'
import { basisOf } from '../plan/steering.js'
import type { RunResult } from '../result/run-result.js'
import type { Claim, ClaimsResult } from '../result/verify-result.js'
import { Agenda } from './agenda.js'
import { churnExperiment } from './churn.js'
import type { Progress } from './progress.js'
import { agendaOf, measuredFor } from './verify/agenda.js'
import { measureOverload } from './verify/overload-runs.js'
import { runOptions, type Setting } from './verify/setting.js'
import { measureDraws } from './verify/spread-runs.js'
import { VERIFY_SCHEMA } from '../result/schema-names.js'

export interface VerifyOptions extends Omit<Setting, 'agenda'> {
  onProgress: (progress: Progress) => void
  /** what the user gave, as given */
  supplied: Record<string, unknown>
}

const BY_SHARES = `Moves were compared with the prediction in shares, not flow by flow: hashes are seen with eBPF only, under ${flagOf('steering')} hash, as root or with CAP_BPF and CAP_NET_ADMIN.`

/**
 * Puts the claims about SO_REUSEPORT to the test on this machine, one after another, and judges each by what was
 * measured. An interrupted verification has what was finished.
 * @throws RpbenchError when nothing could be measured
 */
export async function verifyClaims(options: VerifyOptions): Promise<ClaimsResult> {
  const startedAt = new Date()
  const since = performance.now()
  const { plan, signal, supplied, toolVersion } = options
  const { facts: _host, ...effective } = plan
  const agenda = new Agenda(options.onProgress, agendaOf(plan))
  const claims = await new Verification({ plan, signal, toolVersion, agenda }).run()
  const byShares = claims.some(
    (claim) => claim.id === 'churn' && claim.evidence?.changes.some(({ test }) => test.method === 'shares'),
  )
  return {
    schema: VERIFY_SCHEMA,
    tool: { name: 'rpbench', version: toolVersion },
    host: hostRecord(),
    startedAt: startedAt.toISOString(),
    durationNs: Math.round((performance.now() - since) * 1e6),
    ...(signal.aborted && { stopped: 'interrupted' as const }),
    plan: { supplied, effective },
    claims,
    ...(byShares && { notes: [BY_SHARES] }),
  }
}

/** One pass through the claims: what was measured so far, and what kept others from it. */
class Verification {
  #draws: RunResult[] = []
  #loaded: { light: RunResult; overloads: RunResult[] } | undefined
  /** why a claim could not be measured */
  readonly #failures = new Map<ClaimId, RpbenchError>()
  readonly #claims = new Map<ClaimId, Claim>()

  constructor(readonly setting: Setting) {}

  async run(): Promise<Claim[]> {
    const { plan, signal } = this.setting
    const { draws, churn, overload } = measuredFor(plan)
    if (draws) await this.#try('balance', () => this.#draw())
    if (churn) await this.#try('churn', () => this.#change())
    if (overload) await this.#try('overload', () => this.#overload())
    this.#judgeDraws(placesFlows(plan))
    const [failure] = this.#failures.values()
    if (this.#claims.size === 0 && failure) throw failure
    if (this.#claims.size === 0 && signal.aborted)
      throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
    return plan.claims.map((id) => this.#claims.get(id) ?? { id, ...this.#whyNot(id) })
  }

  /** Measures, unless it was interrupted. What fails here must not cost what was measured before. */
  async #try(id: ClaimId, measure: () => Promise<void>): Promise<void> {
    if (this.setting.signal.aborted) return
    try {
      await measure()
    } catch (error) {
      const failed = error instanceof RpbenchError && exitStatusOf(error) !== 2
      if (!failed) throw error
      this.#failures.set(id, error)
    }
  }

  async #draw(): Promise<void> {
    this.#draws = await measureDraws(this.setting)
  }

  async #change(): Promise<void> {
    const { plan, changes } = churnPlan(this.setting.plan)
    const options = runOptions(this.setting, { plan }, { what: 'churn', of: 'churn' })
    this.#claims.set('churn', judgeChurn(await churnExperiment({ ...options, changes })))
  }

  async #overload(): Promise<void> {
    const loaded = await measureOverload(this.setting)
    if (loaded === undefined) return
    this.#loaded = loaded
    this.#claims.set('overload', judgeOverload(loaded.measured))
  }

  /** Affinity at the end: the runs under load have something to say of it too. */
  #judgeDraws(byFlow: boolean): void {
    const { claims, repetitions } = this.setting.plan
    const { light, overloads = [] } = this.#loaded ?? {}
    const results = [...this.#draws, ...(light ? [light] : []), ...overloads]
    if (this.#draws.length === 0) return
    if (claims.includes('affinity')) {
      const runs = [
        ...this.#draws.map((result) => affinityRun(result, 'closed loop')),
        ...(light ? [affinityRun(light, 'light')] : []),
        ...overloads.map((result) => affinityRun(result, 'overload')),
      ]
      const violations = results.flatMap((result) => result.affinity.violations ?? [])
      this.#claims.set(
        'affinity',
        judgeAffinity(runs, violations, repetitions + runs.length - this.#draws.length),
      )
    }
    if (claims.includes('balance') && byFlow) {
      const draws = this.#draws.flatMap((result) => balanceDraw(result) ?? [])
      this.#claims.set('balance', judgeBalance(draws, repetitions))
    }
  }

  /** Why there is nothing to judge. */
  #whyNot(id: ClaimId): ReturnType<typeof untold> {
    const { plan } = this.setting
    if (!placesFlows(plan) && id !== 'affinity')
      return untold(
        `Steering ${plan.steering} ${basisOf(plan) === 'cpu' ? 'goes by CPU' : `places each ${COUNTED_AS[portProtocolOf(plan.protocol)].placed} anew`}: flows have no member of their own, of which this claim speaks.`,
      )
    const failure = this.#failures.get(id === 'affinity' ? 'balance' : id)
    return untold(failure?.message ?? 'Interrupted before it was measured.')
  }
}
