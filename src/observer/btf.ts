/**
 * Reads BTF, the types of a kernel as it describes itself in /sys/kernel/btf/vmlinux: where a field is in a structure, and the
 * id of a function. Source: Documentation/bpf/btf.rst. One pass over the headers of all types notes where each is; what they
 * hold is read when it is asked for.
 */
const MAGIC = 0xeb9f
const KIND = {
  STRUCT: 4,
  UNION: 5,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  PROTOTYPE: 13,
  TYPE_TAG: 18,
} as const
const SEE_THROUGH = new Set<number>([KIND.TYPEDEF, KIND.VOLATILE, KIND.CONST, KIND.RESTRICT, KIND.TYPE_TAG])
const TYPE_WORDS = 3
/** Words behind the header of a type, by its kind: so many, and so many for each of its members. */
const EXTRA: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void
  [1, 0], // int
  [0, 0], // pointer
  [3, 0], // array
  [0, 3], // struct
  [0, 3], // union
  [0, 2], // enum
  [0, 0], // forward
  [0, 0], // typedef
  [0, 0], // volatile
  [0, 0], // const
  [0, 0], // restrict
  [0, 0], // function
  [0, 2], // its prototype
  [1, 0], // variable
  [0, 3], // section
  [0, 0], // float
  [1, 0], // declaration tag
  [0, 0], // type tag
  [0, 3], // enum of 64 bits
]

/** A function of the kernel. */
export interface KernelFunction {
  id: number
  /** names of what it takes, in order */
  parameters: string[]
}

/** Where a field is: bytes, and bits into them, from the beginning of the structure. */
export interface FieldPlace {
  byte: number
  bit: number
}

interface Field {
  bits: number
  type: number
}

export class Btf {
  readonly #words: Uint32Array
  readonly #strings: Buffer
  /** [id]: where its header stands, in words; 0 for id 0, which is void */
  readonly #places: number[] = [0]
  /** ids that were asked for, by kind and name */
  readonly #found = new Map<string, number>()

  /**
   * @param bytes of little-endian BTF
   * @throws RangeError where it is no BTF, or has kinds of types that this knows not
   */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (bytes.byteLength < 24 || view.getUint16(0, true) !== MAGIC) throw new RangeError('no BTF')
    const [headerBytes, typesAt, typeBytes, stringsAt, stringBytes] = [4, 8, 12, 16, 20].map((at) =>
      view.getUint32(at, true),
    ) as [number, number, number, number, number]
    // A copy, so that it is aligned.
    const types = new Uint8Array(bytes.subarray(headerBytes + typesAt, headerBytes + typesAt + typeBytes))
    this.#words = new Uint32Array(types.buffer)
    this.#strings = Buffer.from(bytes.buffer, bytes.byteOffset + headerBytes + stringsAt, stringBytes)
    for (let at = 0; at < this.#words.length;) {
      this.#places.push(at)
      const info = this.#words[at + 1]!
      const extra = EXTRA[(info >>> 24) & 31]
      if (!extra) throw new RangeError(`BTF has types of kind ${(info >>> 24) & 31}`)
      at += TYPE_WORDS + extra[0] + extra[1] * (info & 0xffff)
    }
  }

  /** The id of a function. @throws RangeError where there is none of this name */
  functionId(name: string): number {
    return this.#find(KIND.FUNC, name)
  }

  /** The id of a name for a type, such as a tracepoint has. @throws RangeError where there is none */
  typedefId(name: string): number {
    return this.#find(KIND.TYPEDEF, name)
  }

  /** A function, and what it takes. @throws RangeError where there is none of this name */
  kernelFunction(name: string): KernelFunction {
    const id = this.functionId(name)
    const at = this.#places[this.#words[this.#places[id]! + 2]!]!
    const count = this.#words[at + 1]! & 0xffff
    if (((this.#words[at + 1]! >>> 24) & 31) !== KIND.PROTOTYPE) throw new RangeError(`BTF has no ${name}`)
    const parameters = Array.from({ length: count }, (_, i) =>
      this.#nameAt(this.#words[at + TYPE_WORDS + 2 * i]!),
    )
    return { id, parameters }
  }

  /**
   * Where a field is in a structure; fields of fields are named with dots, those of structures without a name as the language has them.
   * @throws RangeError where there is none
   */
  fieldPlace(structure: string, path: string): FieldPlace {
    let at: Field = { bits: 0, type: this.#find(KIND.STRUCT, structure) }
    for (const name of path.split('.')) {
      const field = this.#field(at.type, name)
      if (!field) throw new RangeError(`BTF has no ${structure}.${path}`)
      at = { bits: at.bits + field.bits, type: field.type }
    }
    return { byte: at.bits >>> 3, bit: at.bits & 7 }
  }

  /** Where a field is that begins with a byte. @throws RangeError where there is none, or it does not */
  fieldByte(structure: string, path: string): number {
    const { byte, bit } = this.fieldPlace(structure, path)
    if (bit !== 0) throw new RangeError(`${structure}.${path} begins within a byte`)
    return byte
  }

  #field(type: number, name: string): Field | undefined {
    const at = this.#places[this.#strip(type)]!
    const [info, first] = [this.#words[at + 1]!, at + TYPE_WORDS]
    if (!([KIND.STRUCT, KIND.UNION] as number[]).includes((info >>> 24) & 31)) return undefined
    const hasBitFields = info >>> 31 === 1
    for (let member = first; member < first + 3 * (info & 0xffff); member += 3) {
      const [nameAt, memberType, offset] = [0, 1, 2].map((word) => this.#words[member + word]!) as [
        number,
        number,
        number,
      ]
      const bits = hasBitFields ? offset & 0xff_ffff : offset
      if (nameAt === 0) {
        const within = this.#field(memberType, name)
        if (within) return { bits: bits + within.bits, type: within.type }
      } else if (this.#isName(nameAt, name)) return { bits, type: memberType }
    }
    return undefined
  }

  /** The type that is behind names and qualifiers of it. */
  #strip(type: number): number {
    let id = type
    while (id !== 0 && SEE_THROUGH.has((this.#words[this.#places[id]! + 1]! >>> 24) & 31))
      id = this.#words[this.#places[id]! + 2]!
    return id
  }

  /** Names are held by their place: to compare each with a text takes 50 times as long. */
  #find(kind: number, name: string): number {
    const found = this.#found.get(`${kind} ${name}`)
    if (found !== undefined) return found
    const text = Buffer.from(`${name}\0`, 'latin1')
    const named = new Set<number>()
    for (let at = this.#strings.indexOf(text); at >= 0; at = this.#strings.indexOf(text, at + 1))
      named.add(at)
    for (let id = 1; id < this.#places.length; id++) {
      const at = this.#places[id]!
      if (((this.#words[at + 1]! >>> 24) & 31) === kind && named.has(this.#words[at]!)) {
        this.#found.set(`${kind} ${name}`, id)
        return id
      }
    }
    throw new RangeError(`BTF has no ${name}`)
  }

  #nameAt(place: number): string {
    return this.#strings.toString('latin1', place, this.#strings.indexOf(0, place))
  }

  /** Whether the string at this place is this name. */
  #isName(at: number, name: string): boolean {
    return (
      this.#strings[at + name.length] === 0 && this.#strings.toString('latin1', at, at + name.length) === name
    )
  }
}
