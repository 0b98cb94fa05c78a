import { addon, checked } from '../../native.js'
import { attachProgram, PROGRAM_SK_REUSEPORT, type BpfScope } from '../../steering/bpf.js'
import * as classic from '../../steering/cbpf.js'
import { begin, loadPayloadWord, pass, select } from '../../steering/reuseport-program.js'

/** Gives the group of a socket a program that returns the payload's first word modulo n. */
export type Attach = (fd: number, n: number) => void

/** @throws SystemError */
export const attachClassic: Attach = (fd, n) => {
  const program = [classic.loadWord(0), classic.modulo(n), classic.returnA()]
  checked(addon.attachClassic(fd, classic.encodeClassic(program)), 'setsockopt SO_ATTACH_REUSEPORT_CBPF')
}

/**
 * Gives the group of a socket a program that selects the socket whose key the payload names, in its second word.
 * @param socketsFd the map of sockets
 * @throws RpbenchError RPB_STEERING, SystemError
 */
export function attachByKey(scope: BpfScope, fd: number, socketsFd: number): void {
  const program = [...begin(), ...loadPayloadWord(4, -4), ...select(socketsFd, -4, 'pass'), ...pass()]
  attachProgram(fd, scope.load(PROGRAM_SK_REUSEPORT, program))
}
