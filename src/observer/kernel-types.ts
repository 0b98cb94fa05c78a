import { readFileSync } from 'node:fs'
import { Btf } from './btf.js'
import { socketLayout, type SocketLayout } from './iterator-program.js'
import { takerLayout, type TakerLayout } from './taker-program.js'

const BTF = '/sys/kernel/btf/vmlinux'

/** Programs that go by the kernel's types (linux/bpf.h, `enum bpf_prog_type`). */
export const PROGRAM_TRACING = 26
/** What it takes to be given helpers that are for programs under the GPL; ours may be used under either. */
export const LICENSE = 'Dual MIT/GPL'

interface KernelTypes {
  layout: SocketLayout
  functionIds: Readonly<Record<'udp' | 'tcp', number>>
  /** why not, where this kernel has not what it takes */
  takers: Readonly<Record<'udp' | 'tcp', TakerLayout | RangeError>>
}

let known: KernelTypes | undefined

/** Read once: they are megabytes. @throws RangeError where this kernel's BTF lacks what the iterator needs, Node's error where there is none */
export function kernelTypes(): KernelTypes {
  if (known === undefined) {
    const btf = new Btf(readFileSync(BTF))
    const [udp, tcp] = [btf.functionId('bpf_iter_udp'), btf.functionId('bpf_iter_tcp')]
    const takers = { udp: takersOf(btf, 'udp'), tcp: takersOf(btf, 'tcp') }
    known = { layout: socketLayout(btf), functionIds: { udp, tcp }, takers }
  }
  return known
}

function takersOf(btf: Btf, protocol: 'udp' | 'tcp'): TakerLayout | RangeError {
  try {
    return takerLayout(btf, protocol)
  } catch (error) {
    if (error instanceof RangeError) return error
    throw error
  }
}
