import { describe, expect, it } from 'vitest'
import * as bpf from '../../src/steering/ebpf.js'
import { consistentProgram } from '../../src/steering/consistent.js'
import { observerProgram } from '../../src/steering/hash-observer.js'
import { roundRobinProgram } from '../../src/steering/round-robin.js'
import { stickyProgram } from '../../src/steering/sticky.js'

/** `code registers offset constant` of each slot, as `struct bpf_insn` has them. */
function slots(program: bpf.Program): string[] {
  const bytes = bpf.assemble(program)
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / 8 }, (_, i) =>
    [
      view.getUint8(i * 8).toString(16),
      view.getUint8(i * 8 + 1).toString(16),
      view.getInt16(i * 8 + 2, true),
      view.getInt32(i * 8 + 4, true),
    ].join(' '),
  )
}

describe('the assembler', () => {
  // Encodings from RFC 9669, § 4 and 5.
  it.each([
    ['r6 = r1', bpf.move(6, 1), 'bf 16 0 0'],
    ['r0 = 1', bpf.moveConstant(0, 1), 'b7 0 0 1'],
    ['w3 = 4026531840', bpf.moveWord(3, 4026531840), 'b4 3 0 -268435456'],
    ['r2 += −8', bpf.addConstant(2, -8), '7 2 0 -8'],
    ['r1 >>= 16', bpf.shiftRight(1, 16), '77 1 0 16'],
    ['r8 %= r7', bpf.modulo(8, 7), '9f 78 0 0'],
    ['r0 %= 10', bpf.moduloConstant(0, 10), '97 0 0 10'],
    ['r1 = *(u32 *)(r6 + 32)', bpf.load32(1, 6, 32), '61 61 32 0'],
    ['*(u32 *)(r10 − 4) = r1', bpf.store32(10, -4, 1), '63 1a -4 0'],
    ['*(u32 *)(r10 − 4) = 0', bpf.storeConstant32(10, -4, 0), '62 a -4 0'],
    ['r8 = fetch_add(*(u64 *)(r0 + 0), r8)', bpf.fetchAdd64(0, 0, 8), 'db 80 0 1'],
    ['r1 &= 0x17', bpf.mask(1, 0x17), '57 1 0 23'],
    ['r2 = *(u8 *)(r7 + 3)', bpf.load(1, 2, 7, 3), '71 72 3 0'],
    ['r2 = *(u16 *)(r7 + 2)', bpf.load(2, 2, 7, 2), '69 72 2 0'],
    ['r2 = *(u64 *)(r7 + 8)', bpf.load(8, 2, 7, 8), '79 72 8 0'],
    ['*(u8 *)(r10 − 1) = r2', bpf.store(1, 10, -1, 2), '73 2a -1 0'],
    ['*(u64 *)(r10 − 8) = r2', bpf.store(8, 10, -8, 2), '7b 2a -8 0'],
    ['lock *(u32 *)(r0 + 12) += r7', bpf.add(4, 0, 12, 7), 'c3 70 12 0'],
    ['lock *(u64 *)(r0 + 0) += r7', bpf.add(8, 0, 0, 7), 'db 70 0 0'],
    ['r0 = the packet’s word', bpf.loadPacketWord(4), '20 0 0 4'],
    ['call 82', bpf.call(82), '85 0 0 82'],
    ['exit', bpf.exit(), '95 0 0 0'],
  ])('encodes %s', (_, instruction, slot) => {
    expect(slots([instruction])).toEqual([slot])
  })

  it('loads a map by its descriptor in two slots', () => {
    expect(slots([bpf.loadMap(1, 7)])).toEqual(['18 11 0 7', '0 0 0 0'])
  })

  it('counts a jump from the slot behind it, forwards and backwards, over wide loads', () => {
    const program = [
      bpf.label('top'),
      bpf.jumpIfZero(0, 'end'),
      bpf.jumpIfNotZero(0, 'end'),
      bpf.jumpUnless(2, 7, 'end'),
      bpf.jumpIfEqual(2, 3, 'end'),
      bpf.jumpIfNotEqual(2, 3, 'end'),
      bpf.jumpIfAtLeast(2, 3, 'end'),
      bpf.loadMap(1, 3),
      bpf.jump('top'),
      bpf.label('end'),
      bpf.exit(),
    ]
    expect(slots(program)).toEqual([
      '15 0 8 0',
      '55 0 7 0',
      '55 2 6 7',
      '1d 32 5 0',
      '5d 32 4 0',
      '3d 32 3 0',
      '18 11 0 3',
      '0 0 0 0',
      '5 0 -9 0',
      '95 0 0 0',
    ])
  })

  it('refuses a label that is missing, and one that is there twice', () => {
    expect(() => bpf.assemble([bpf.jump('nowhere')])).toThrow('there is no label nowhere')
    expect(() => bpf.assemble([bpf.label('a'), bpf.label('a')])).toThrow('label a is there twice')
  })
})

it.each([
  ['consistent', consistentProgram(3, 4)],
  ['round-robin', roundRobinProgram(3, 4, 5)],
  ['sticky', stickyProgram(3, 4, 5)],
  ['the observer', observerProgram(3)],
])('the program of %s ends with SK_PASS, and nowhere else', (_, program) => {
  const all = slots(program)
  expect(all.slice(-2)).toEqual(['b7 0 0 1', '95 0 0 0'])
  expect(all.filter((slot) => slot.startsWith('95'))).toHaveLength(1)
})
