import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Btf } from '../../src/observer/btf.js'

/** Kinds of Documentation/bpf/btf.rst. */
const [INT, POINTER, STRUCT, UNION, TYPEDEF, CONST, FUNC, PROTOTYPE] = [1, 2, 4, 5, 8, 10, 12, 13]

interface Type {
  name?: string
  kind: number
  /** size, or the type that it refers to */
  sizeOrType: number
  members?: readonly (readonly [name: string, type: number, offset: number])[]
  hasBitFields?: true
  extra?: readonly number[]
  /** of the prototype of a function, all of the first type */
  parameters?: readonly string[]
}

/** BTF of these types, whose ids count from 1. */
function btfOf(types: readonly Type[]): Uint8Array {
  let strings = '\0'
  const place = (name: string): number => {
    if (name === '') return 0
    strings += `${name}\0`
    return strings.length - name.length - 1
  }
  const words = types.flatMap(
    ({ name = '', kind, sizeOrType, members = [], parameters = [], hasBitFields, extra = [] }) => [
      place(name),
      ((hasBitFields ? 0x8000_0000 : 0) | (kind << 24) | members.length | parameters.length) >>> 0,
      sizeOrType,
      ...members.flatMap(([member, type, offset]) => [place(member), type, offset]),
      ...parameters.flatMap((parameter) => [place(parameter), 1]),
      ...extra,
    ],
  )
  const header = new DataView(new ArrayBuffer(24))
  header.setUint16(0, 0xeb9f, true)
  header.setUint8(2, 1)
  header.setUint32(4, 24, true)
  header.setUint32(12, words.length * 4, true)
  header.setUint32(16, words.length * 4, true)
  header.setUint32(20, strings.length, true)
  return Buffer.concat([
    new Uint8Array(header.buffer),
    new Uint8Array(Uint32Array.from(words).buffer),
    Buffer.from(strings, 'latin1'),
  ])
}

/**
 * struct inner { int a; int b; };
 * struct outer { int first; union { int u; const struct inner in; }; unsigned low:3, high:5; void *p; };
 */
const TYPES: readonly Type[] = [
  { name: 'int', kind: INT, sizeOrType: 4, extra: [32] },
  {
    name: 'inner',
    kind: STRUCT,
    sizeOrType: 8,
    members: [
      ['a', 1, 0],
      ['b', 1, 32],
    ],
  },
  { kind: CONST, sizeOrType: 2 },
  {
    kind: UNION,
    sizeOrType: 8,
    members: [
      ['u', 1, 0],
      ['in', 3, 0],
    ],
  },
  { kind: POINTER, sizeOrType: 0 },
  {
    name: 'outer',
    kind: STRUCT,
    sizeOrType: 24,
    hasBitFields: true,
    members: [
      ['first', 1, 0],
      ['', 4, 32],
      ['low', 1, (3 << 24) | 96],
      ['high', 1, (5 << 24) | 99],
      ['p', 5, 128],
    ],
  },
  // A function may have a structure's name.
  { name: 'inner', kind: FUNC, sizeOrType: 0 },
  { name: 'run', kind: FUNC, sizeOrType: 0 },
]

describe('BTF', () => {
  const btf = new Btf(btfOf(TYPES))

  it.each([
    ['inner', 'b', 4, 0],
    ['outer', 'first', 0, 0],
    ['outer', 'p', 16, 0],
    // Of a union without a name, and through a qualifier.
    ['outer', 'u', 4, 0],
    ['outer', 'in.b', 8, 0],
    ['outer', 'low', 12, 0],
    ['outer', 'high', 12, 3],
  ])('says where %s.%s is', (structure, path, byte, bit) => {
    expect(btf.fieldPlace(structure, path)).toEqual({ byte, bit })
  })

  it('knows functions by their ids', () => {
    expect(btf.functionId('run')).toBe(8)
    expect(btf.functionId('inner')).toBe(7)
    expect(btf.fieldByte('inner', 'b'), 'and a structure of the same name').toBe(4)
  })

  it('knows what a function takes, in order, and names of types by their ids', () => {
    const named = new Btf(
      btfOf([
        { name: 'int', kind: INT, sizeOrType: 4, extra: [32] },
        // int (int sk, int len, int flags): names and types of parameters (btf.rst, 2.2.13); here as words behind the count.
        { kind: PROTOTYPE, sizeOrType: 1, parameters: ['sk', 'len', 'flags'] },
        { name: 'take', kind: FUNC, sizeOrType: 2 },
        { name: 'trace_take', kind: TYPEDEF, sizeOrType: 1 },
        { name: 'wrong', kind: FUNC, sizeOrType: 1 },
      ]),
    )
    expect(named.kernelFunction('take')).toEqual({ id: 3, parameters: ['sk', 'len', 'flags'] })
    expect(named.typedefId('trace_take')).toBe(4)
    expect(() => named.typedefId('take')).toThrow('BTF has no take')
    expect(() => named.kernelFunction('wrong')).toThrow('BTF has no wrong')
  })

  it('says what is not there', () => {
    expect(() => btf.fieldPlace('outer', 'missing')).toThrow('BTF has no outer.missing')
    expect(() => btf.fieldPlace('outer', 'first.a')).toThrow('BTF has no outer.first.a')
    expect(() => btf.fieldPlace('nothing', 'a')).toThrow('BTF has no nothing')
    expect(() => btf.functionId('outer')).toThrow('BTF has no outer')
    expect(() => btf.fieldByte('outer', 'high')).toThrow('outer.high begins within a byte')
  })

  it('is not fooled by a name that ends as another does', () => {
    const ends = new Btf(
      btfOf([
        { name: 'xsock', kind: STRUCT, sizeOrType: 4, members: [['a', 2, 0]] },
        { name: 'int', kind: INT, sizeOrType: 4, extra: [32] },
        { name: 'sock', kind: STRUCT, sizeOrType: 8, members: [['xa', 2, 0], ['a', 2, 32]] }, // prettier-ignore
      ]),
    )
    expect(ends.fieldPlace('sock', 'a')).toEqual({ byte: 4, bit: 0 })
  })

  it('refuses what is no BTF, and kinds of types that it knows not', () => {
    expect(() => new Btf(new Uint8Array(100))).toThrow('no BTF')
    expect(() => new Btf(btfOf([{ kind: 25, sizeOrType: 0 }]))).toThrow('BTF has types of kind 25')
  })
})

const VMLINUX = '/sys/kernel/btf/vmlinux'

it('reads the types of the running kernel', { skip: !existsSync(VMLINUX) }, () => {
  const btf = new Btf(readFileSync(VMLINUX))
  // Laid out for their readers in user space, so they are where they always were: linux/udp.h, linux/tcp.h, linux/bpf.h.
  expect(btf.fieldByte('udphdr', 'check')).toBe(6)
  expect(btf.fieldPlace('tcphdr', 'syn')).toEqual({ byte: 13, bit: 1 })
  expect(btf.fieldByte('__sk_buff', 'gso_segs')).toBe(164)
  expect(btf.fieldByte('in6_addr', 'in6_u.u6_addr32')).toBe(0)
  expect(btf.functionId('bpf_iter_udp')).toBeGreaterThan(0)
})
