import { lifeKey, type Life } from '../kernel/group-array.js'

/** A member's index, and from its second life on the number of that: `2`, `2.1`, `2.2`. */
export function lifeName(life: Life): string {
  return life.generation === 0 ? `${life.member}` : lifeKey(life)
}

/** The names of a group's members, in its order. */
export function lifeNames(lives: readonly Life[]): string {
  return lives.map(lifeName).join(' ')
}
