interface ProtocolRow {
  /** what its messages go over */
  readonly transport: 'udp' | 'tcp'
  /** who can be asked by it: a group of ours, a server of somebody else (`--target`), or both */
  readonly of: readonly ('group' | 'target')[]
  readonly help: string
}

/** What clients and servers speak. */
export const PROTOCOL = {
  udp: { transport: 'udp', of: ['group'], help: 'our datagrams' },
  tcp: { transport: 'tcp', of: ['group', 'target'], help: 'our messages over connections' },
  echo: { transport: 'udp', of: ['target'], help: 'our datagrams, which it sends back' },
  dns: { transport: 'udp', of: ['target'], help: 'questions' },
  http: { transport: 'tcp', of: ['target'], help: 'requests' },
} as const satisfies Record<string, ProtocolRow>

export type Protocol = keyof typeof PROTOCOL

export const PROTOCOLS = Object.keys(PROTOCOL) as [Protocol, ...Protocol[]]

/** Those that can be asked of a group of ours, or of a server of somebody else. */
export const protocolsOf = (who: 'group' | 'target'): Protocol[] =>
  PROTOCOLS.filter((protocol) => (PROTOCOL[protocol].of as readonly string[]).includes(who))

/** Whose ports there are. */
export const PORT_PROTOCOLS = ['udp', 'tcp'] as const

/** Whose port a server of this protocol has. */
export const portProtocolOf = (protocol: Protocol): (typeof PORT_PROTOCOLS)[number] =>
  PROTOCOL[protocol].transport

/** What a member is picked for, and what the books count, in one word. */
export const COUNTED_AS = {
  udp: { placed: 'datagram', sent: 'datagram' },
  tcp: { placed: 'connection', sent: 'request' },
} as const

/** What is asked where nothing is said. */
export const usualProtocol = (ofTarget: boolean): Protocol => (ofTarget ? 'echo' : 'udp')
