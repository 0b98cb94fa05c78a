declare namespace rpnet {
  /** What the addon exports. Numbers below 0 are −errno unless said otherwise; only src/native.ts calls it. */
  type Handle = { readonly __handle: unique symbol }
  interface Addon {
    /** Which sources it was made of: native/sources.cjs. */
    readonly sources: string
    socket(family: number, type: number): number
    setOption(fd: number, level: number, name: number, value: number): number
    getOption(fd: number, level: number, name: number): number
    bind(fd: number, address: string, port: number): number
    listen(fd: number, backlog: number): number
    /** A connection that waits at a listener. */
    accept(fd: number): number
    /** Closes a connection by RST: its port is free at once. */
    reset(fd: number): number
    connect(fd: number, address: string, port: number): number
    /** Number of bytes sent. */
    send(fd: number, data: Uint8Array, address: string, port: number): number
    /** Opens two connected Unix sockets and writes their descriptors to `to`. */
    socketPair(type: number, to: Int32Array): number
    /** Number of bytes received; −EAGAIN at once when nothing is there. */
    receive(fd: number, data: Uint8Array): number
    localPort(fd: number): number
    localAddress(fd: number): string | number
    /** Number of sockets bound to a port, of TCP those that listen; those that `rows` has room for are written there: src/host/sock-diag.ts. */
    boundSockets(protocol: number, family: number, port: number, rows: Uint32Array): number
    /** A descriptor that tells of UDP sockets that close on a port. */
    udpClosings(port: number): number
    /** Number of sockets that closed since the last call, which are written to `rows`, as many as there is room for. */
    udpClosed(fd: number, rows: Uint32Array): number
    close(fd: number): number
    memoryFile(bytes: number): number
    mapMemory(fd: number, bytes: number): ArrayBuffer | number
    /** Locks a file that is open; −EWOULDBLOCK where somebody else has. Gone with the descriptor, or the process. */
    lockFile(fd: number): number
    /** Ends this process when its parent ends, and leaves Ctrl-C to the parent. */
    followParent(): number
    /** A descriptor of what another process has as `fd` (Linux 5.6, and the right to trace it). */
    copyDescriptor(pid: number, fd: number): number
    /** Becomes another program: its path and its words, each ended by 0. Comes back only where it cannot. */
    becomeProgram(words: Uint8Array): number
    /** Lets the calling thread's timers fire within a ns of their time, not 50 µs. */
    sharpTimers(): number
    /** Lets the calling thread run on this CPU only. */
    pinThread(cpu: number): number
    /** CPU time of the calling thread, ns; or −errno. */
    threadCpuNs(): number
    /** Time that so many of the cheapest real system calls take, ns. */
    callsNs(count: number): number
    /** Time that so many readings of the clock take, ns. */
    clockReadsNs(count: number): number
    /** The step in which timers of the clock can fire, ns. */
    clockResolutionNs(): number
    /** How long a sleep of so long took, ns. */
    sleptNs(ns: number): number
    /** Reads the clock for so long, without a pause; the longest time between two readings, ns. */
    longestGapNs(ns: number): number
    bpfCreateMap(type: number, keyBytes: number, valueBytes: number, entries: number): number
    /** Writes `count` entries, whose keys and values stand one after another. */
    bpfUpdate(map: number, keys: NodeJS.TypedArray, values: NodeJS.TypedArray, count: number): number
    /** Reads those of `count` entries that are there; `found` has 1 for each of them. Their number. */
    bpfLookup(
      map: number,
      keys: NodeJS.TypedArray,
      values: NodeJS.TypedArray,
      count: number,
      found: Uint8Array,
    ): number
    bpfDelete(map: number, key: NodeJS.TypedArray): number
    /** Reads the entries of a hash map, as many as there is `room` for (Linux 5.6). Their number. */
    bpfReadAll(map: number, keys: NodeJS.TypedArray, values: NodeJS.TypedArray, room: number): number
    /** Descriptor of the program; where it is refused, `log` has the verifier's reasons as a string that ends with 0. */
    bpfLoad(
      type: number,
      instructions: NodeJS.TypedArray,
      log: Uint8Array,
      license: string,
      name: string,
      /** where it is to be attached, 0 for types that are not told so; and to which of the kernel's functions */
      attachType: number,
      btfId: number,
    ): number
    /** Descriptor of what holds an iterator's program attached (Linux 5.8). */
    bpfLink(program: number, attachType: number): number
    /** Descriptor; while it is open, a program of type tracing runs at the function that it was loaded for (Linux 5.5). */
    bpfTrace(program: number): number
    /** Descriptor of one pass of an iterator, to be read as a file. */
    bpfIterate(link: number): number
    /** Descriptor; while it is open the kernel takes the time of all BPF programs (Linux 5.8). */
    bpfTimePrograms(): number
    /** 0 without a filter on the socket, the number of instructions of a classic one, −EACCES for an extended one. */
    socketFilter(fd: number): number
    socketCookie(fd: number): number
    /** SO_ATTACH_REUSEPORT_CBPF. */
    attachClassic(fd: number, instructions: NodeJS.TypedArray): number
    memberOpen(
      fd: number,
      index: number,
      generation: number,
      epochNs: bigint,
      /** bytes of the largest datagram of a run that it will be told of in its block */
      mostPayloadBytes: number,
      memory: ArrayBuffer,
      offset: number,
      /** 0 none, 1 cpu, 2 sleep */
      serviceKind: number,
      serviceMeanNs: number,
      /** where in `memory` the table of service times of mean 1 stands, and how many there are */
      tableOffset: number,
      tableLength: number,
      /** the UDP socket to answer through where `fd` is what a front hands on to; −1: `fd` itself */
      replyFd: number,
    ): Handle | number
    /** 1: go on, 0: it was told to stop. */
    memberStep(member: Handle, maxNs: number): number
    /** Over TCP; `fd` listens, or will. It needs no `replyFd`. */
    tcpMemberOpen: Addon['memberOpen']
    tcpMemberStep(member: Handle, maxNs: number): number
    /** 0 where an engine over io_uring can be had; on demand, one that reads from a device. */
    uringProbe(multishotReads: boolean): number
    /** Counts into the block at `offset` of `memory`, and drops into the members' blocks, which are its first. */
    frontOpen(
      fd: number,
      /** the end of each member's pair of Unix sockets that is not the member's */
      memberFds: Int32Array,
      mostPayloadBytes: number,
      memory: ArrayBuffer,
      offset: number,
    ): Handle | number
    /** 1: go on, 0: it was told to stop. */
    frontStep(front: Handle, maxNs: number): number
    engineOpen(
      /** 0 epoll, 1 io_uring, 2 TCP over epoll, 3 shared sockets over io_uring, 4 over sendmmsg(), 5 a TUN device over io_uring, 6 over write() */
      kind: number,
      capacity: number,
      payloadBytes: number,
      runId: bigint,
      epochNs: bigint,
      address: string,
      port: number,
      exchange: ArrayBuffer,
      /** over TCP: after how many a flow connects anew; 0: never */
      requestsPerConnection: number,
      /** room for a reply, and for one byte more than it is to have */
      replyBytes: number,
      /** requests to remember, a power of two from 2^16, where a server that is not ours is asked; 0 where members of ours are */
      remembered: number,
      /** messages of DNS, one behind another, and where each ends; none where our datagrams are sent */
      questions: Uint8Array,
      ends: Uint32Array,
      /** the question of request 0 */
      first: number,
      /** whether it may leave this host */
      anywhere: boolean,
    ): Handle | number
    /** 0, or −(errno + 4096 × step) with the steps socket, bind, connect, watch. */
    engineOpenFlow(engine: Handle, lane: number, address: string, port: number): number
    /** Where flows have no lane each: how many there are, and what computes where they come from. */
    engineComputeFlows(
      engine: Handle,
      flows: number,
      seed: number,
      first: number,
      /** how many */
      ports: number,
      /** the first address of the block that they come from, and how many bits tell its addresses apart */
      network: number,
      bits: number,
    ): number
    /** Makes the device that they share: their ports, and for how many replies it has room. As `engineOpenFlow`, with the steps opening, making, setting up, watching. */
    engineOpenDevice(engine: Handle, ports: Uint16Array, queue: number): number
    engineWave(engine: Handle, firstFlow: number): number
    engineDisconnect(engine: Handle): number
    engineSend(engine: Handle, count: number, phase: number): number
    /** @param againSequence −1, or number of the request that asks the flow of the first reply again, at once */
    engineReceive(engine: Handle, timeoutNs: number, againSequence: number, phase: number): number
    /** Datagrams that the kernel dropped at the open sockets since they were opened, or on their way out of the device. */
    engineDrops(engine: Handle): number
    engineSweep(engine: Handle): number
  }
}
declare const rpnet: rpnet.Addon
export = rpnet
