import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resumedSweep } from '../../src/cli/sweep-session.js'
import { sampleSweep } from './sample-sweep.js'

const { host, tool } = sampleSweep()
const HERE = { host, toolVersion: tool.version }

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rpbench-resume-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function saved(): Promise<string> {
  const path = join(directory, 'x.json')
  await writeFile(path, JSON.stringify(sampleSweep()))
  return path
}

describe('a sweep that is resumed', () => {
  it('goes on where it was made', async () => {
    const { earlier, plan } = await resumedSweep(await saved(), HERE)
    expect(earlier!.runs).toHaveLength(12)
    expect(plan.points).toHaveLength(6)
  })

  it.each([
    ['kernel', { ...HERE, host: { ...host, kernel: '4.19.0' } }, /kernel .*, and this is 4\.19\.0/],
    ['host', { ...HERE, host: { ...host, hostname: 'other' } }, /host .*, and this is other/],
    ['Node', { ...HERE, host: { ...host, node: 'v1.0.0' } }, /Node .*, and this is v1\.0\.0/],
    ['number of CPUs', { ...HERE, host: { ...host, cpus: 999 } }, /number of CPUs .*, and this is 999/],
    ['version', { ...HERE, toolVersion: '9.9.9' }, /rpbench .*, and this is 9\.9\.9/],
  ])('is refused with a sentence where the %s is another', async (_name, here, sentence) =>
    expect(resumedSweep(await saved(), here)).rejects.toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringMatching(sentence) as string,
    }),
  )
})
