import { AF_INET, SOCK_DGRAM, addon, checked } from '../native.js'

/** Whether sockets here may be bound to an address: asked of the kernel, which knows more than a list of interfaces. */
export function isLocalAddress(address: string): boolean {
  const fd = checked(addon.socket(AF_INET, SOCK_DGRAM), 'socket')
  try {
    return addon.bind(fd, address, 0) === 0
  } finally {
    addon.close(fd)
  }
}

/** A port that nobody has, not even as a SO_REUSEPORT socket: such a socket would let a bind to port 0 join it. */
export function findFreePort(address: string): number {
  const fd = checked(addon.socket(AF_INET, SOCK_DGRAM), 'socket')
  try {
    checked(addon.bind(fd, address, 0), 'bind')
    return checked(addon.localPort(fd), 'getsockname')
  } finally {
    addon.close(fd)
  }
}
