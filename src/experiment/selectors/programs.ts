import { addon, checked } from '../../native.js'
import {
  attachProgram,
  PROGRAM_SK_REUSEPORT,
  PROGRAM_SOCKET_FILTER,
  type BpfScope,
} from '../../steering/bpf.js'
import * as classic from '../../steering/cbpf.js'
import {
  addConstant,
  exit,
  loadNetworkByte,
  loadPacketWord,
  move,
  moduloConstant,
  type Program,
} from '../../steering/ebpf.js'
import { begin, loadHopLimit, loadPayloadWord, pass, select } from '../../steering/reuseport-program.js'
import type { Family } from '../../units/addresses.js'

/** What a program finds its word in: a datagram's payload, or the hop limit, less 1, of the packet that asks for a connection. */
export interface Carrier {
  protocol: 'udp' | 'tcp'
  /** of the packet */
  family: Family
}

const DATAGRAM: Carrier = { protocol: 'udp', family: 'ipv4' }
/** Of the TTL in an IPv4 header (RFC 791), of the hop limit in an IPv6 header (RFC 8200). */
const HOP_LIMIT = { ipv4: 8, ipv6: 7 } as const

/** A = the word */
export const classicWord = ({ protocol, family }: Carrier): classic.ClassicInstruction[] =>
  protocol === 'udp'
    ? [classic.loadWord(0)]
    : [classic.loadNetworkByte(HOP_LIMIT[family]), classic.subtract(1)]

/** Gives the group of a socket a program that returns the word modulo n. */
export type Attach = (fd: number, n: number, carrier?: Carrier) => void

/** @throws SystemError */
export const attachClassic: Attach = (fd, n, carrier = DATAGRAM) => {
  const program = [...classicWord(carrier), classic.modulo(n), classic.returnA()]
  checked(addon.attachClassic(fd, classic.encodeClassic(program)), 'setsockopt SO_ATTACH_REUSEPORT_CBPF')
}

/** @throws RpbenchError RPB_STEERING, SystemError */
export function attachEbpf(
  scope: BpfScope,
  fd: number,
  n: number,
  { protocol, family }: Carrier = DATAGRAM,
): void {
  const word: Program =
    protocol === 'udp' ? [loadPacketWord(0)] : [loadNetworkByte(HOP_LIMIT[family]), addConstant(0, -1)]
  attachProgram(fd, scope.load(PROGRAM_SOCKET_FILTER, [move(6, 1), ...word, moduloConstant(0, n), exit()]))
}

/**
 * Gives the group of a socket a program that selects the socket whose key is the word; that of a datagram in the order of this machine,
 * the second of its payload.
 * @param socketsFd the map of sockets
 * @throws RpbenchError RPB_STEERING, SystemError
 */
export function attachByKey(
  scope: BpfScope,
  fd: number,
  socketsFd: number,
  { protocol, family }: Carrier = DATAGRAM,
): void {
  const word = protocol === 'udp' ? loadPayloadWord(4, -4) : loadHopLimit(HOP_LIMIT[family], -4, -1)
  const program = [...begin(), ...word, ...select(socketsFd, -4, 'pass'), ...pass()]
  attachProgram(fd, scope.load(PROGRAM_SK_REUSEPORT, program))
}
