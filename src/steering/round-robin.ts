import { MAP_ARRAY, type BpfMap } from './bpf.js'
import {
  addConstant,
  fetchAdd64,
  jumpIfZero,
  load32,
  modulo,
  moveConstant,
  store32,
  storeConstant32,
  type Program,
} from './ebpf.js'
import { begin, lookup, pass, select } from './reuseport-program.js'
import type { LifeDirectory, PlacedLife, LifeProgram } from './life-steering.js'

/** Where the program keeps a key, which is the life's number in the end, on its stack. */
const KEY = -4

/** @param orderFd entry 0 has the number n of members, entries 1 – n their lives */
export const roundRobinProgram = (socketsFd: number, orderFd: number, turnFd: number): Program => [
  ...begin(),
  storeConstant32(10, KEY, 0),
  ...lookup(orderFd, KEY, 'pass'),
  load32(7, 0, 0),
  jumpIfZero(7, 'pass'),
  ...lookup(turnFd, KEY, 'pass'),
  moveConstant(8, 1),
  fetchAdd64(0, 0, 8),
  modulo(8, 7),
  addConstant(8, 1),
  store32(10, KEY, 8),
  ...lookup(orderFd, KEY, 'pass'),
  load32(1, 0, 0),
  store32(10, KEY, 1),
  ...select(socketsFd, KEY, 'pass'),
  ...pass(),
]

/** Whose turn it is, in the order in which members came. */
class Order implements LifeDirectory {
  #lives: number[] = []

  constructor(readonly map: BpfMap) {}

  // Lives before their number when it grows, after it when it shrinks: no turn falls on what is not there.

  joined(newcomers: readonly PlacedLife[]): void {
    this.#lives = [...this.#lives, ...newcomers.map(({ lifeNumber }) => lifeNumber)]
    this.#publishLives()
    this.#publishCount()
  }

  left(lifeNumber: number): void {
    this.#lives = this.#lives.filter((other) => other !== lifeNumber)
    this.#publishCount()
    this.#publishLives()
  }

  #publishLives(): void {
    const places = Uint32Array.from(this.#lives, (_, i) => i + 1)
    this.map.update(places, Uint32Array.from(this.#lives))
  }

  #publishCount(): void {
    this.map.update(Uint32Array.of(0), Uint32Array.of(this.#lives.length))
  }
}

/**
 * Members take turns, datagram by datagram.
 * @param lives how many there will be in all
 */
export const roundRobin =
  (lives: number): LifeProgram =>
  (scope, socketsFd) => {
    const order = scope.createMap({ type: MAP_ARRAY, keyBytes: 4, valueBytes: 4, entries: 1 + lives })
    const turn = scope.createMap({ type: MAP_ARRAY, keyBytes: 4, valueBytes: 8, entries: 1 })
    return { program: roundRobinProgram(socketsFd, order.fd, turn.fd), directory: new Order(order) }
  }
