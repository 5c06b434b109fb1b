/**
 * Arrays that are computed one after the other, number by number. A position is how many numbers
 * are computed.
 */

export interface Stage<Name> {
  readonly name: Name
  /** The position at which the array begins, and its numbers. */
  readonly from: number
  readonly size: number
}

export function stagesFrom<Name>(
  sizes: readonly (readonly [name: Name, size: number])[],
): readonly Stage<Name>[] {
  let from = 0
  return sizes.map(([name, size]) => {
    const stage = { name, from, size }
    from += size
    return stage
  })
}

type Stages<Name> = readonly Stage<Name>[]

/** The position at which all arrays are complete. */
export const endOf = (stages: Stages<unknown>): number =>
  stages.reduce((sum, { size }) => sum + size, 0)

/** The array to which the last computed number belongs. */
export const stageAt = <Name>(stages: Stages<Name>, position: number): Stage<Name> | undefined =>
  stages.findLast(({ from }) => from < position)

/** How many numbers of an array are computed. Undefined: it is none of them. */
export function computedOf<Name>(
  stages: Stages<Name>,
  position: number,
  name: Name,
): number | undefined {
  const stage = stages.find((candidate) => candidate.name === name)
  return stage && Math.max(0, Math.min(stage.size, position - stage.from))
}

/** The next position at which an array is complete. */
export const endAfter = (stages: Stages<unknown>, position: number): number =>
  stages.find(({ from }) => from > position)?.from ?? endOf(stages)

/** The position at which the array of the last computed number begins. */
export const startBefore = (stages: Stages<unknown>, position: number): number =>
  stageAt(stages, position)?.from ?? 0

/** Play shows the first numbers of an array, and its end, longer than the others. */
const [slowMs, fastMs, slowCount] = [1100, 110, 2]

export function waitAt(stages: Stages<unknown>, position: number): number {
  const done = position - startBefore(stages, position)
  return done <= slowCount || position === endAfter(stages, position - 1) ? slowMs : fastMs
}
