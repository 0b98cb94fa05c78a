import { describe, expect, it } from 'vitest'
import { encodeClassic, loadWord, modulo, returnA, returnConstant } from '../../src/steering/cbpf.js'
import { cpuProgram } from '../../src/steering/cpu.js'
import { randomProgram } from '../../src/steering/random.js'
import { uniforms } from '../../src/stats/random.js'
import { interpret, type Machine } from './cbpf-interpreter.js'

const machine = (changes: Partial<Machine> = {}): Machine => ({
  payload: Uint8Array.of(0, 0, 1, 2, 0, 0, 0, 7),
  cpu: 0,
  random: () => 0,
  ...changes,
})

describe('a classic program', () => {
  it('is encoded as struct sock_filter: code, two jumps, k', () => {
    expect([...encodeClassic([loadWord(4), modulo(10), returnA()])]).toEqual(
      [
        [0x20, 0, 0, 0, 4, 0, 0, 0],
        [0x94, 0, 0, 0, 10, 0, 0, 0],
        [0x16, 0, 0, 0, 0, 0, 0, 0],
      ].flat(),
    )
  })

  it('reads words in network order, and ends with 0 where the payload is too short', () => {
    expect(interpret([loadWord(0), returnA()], machine())).toBe(0x102)
    expect(interpret([loadWord(4), modulo(4), returnA()], machine())).toBe(3)
    expect(interpret([loadWord(5), returnConstant(9)], machine())).toBe(0)
  })

  it('takes constants up to 2^32 − 1', () => {
    const program = [returnConstant(0xffff_ffff)]
    expect(interpret(program, machine())).toBe(0xffff_ffff)
    expect([...encodeClassic(program).subarray(4)]).toEqual([255, 255, 255, 255])
  })
})

describe('the program of --steering cpu', () => {
  it('gives CPU c to member c mod n', () => {
    const members = Array.from({ length: 8 }, (_, cpu) => interpret(cpuProgram(3), machine({ cpu })))
    expect(members).toEqual([0, 1, 2, 0, 1, 2, 0, 1])
  })
})

describe('the program of --steering random', () => {
  it('names each member as often as chance has it, and no other', () => {
    const draw = uniforms(7)
    const random = (): number => Math.floor(draw() * 2 ** 32)
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < 50_000; i++) counts[interpret(randomProgram(5), machine({ random }))]!++
    // The seed is fixed; 5 σ of a binomial count is 447.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(447)
  })
})
