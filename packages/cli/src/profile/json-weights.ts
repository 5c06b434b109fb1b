/**
 * Weights in a network that somebody wrote down: given as lists or as bytes, or random ones.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { signed } from '../measure/random.ts'
import { count, quoted, shapeText } from './graph.ts'

/** Ends with what is wrong. */
export type Wrong = (what: string) => never

/**
 * { shape, data } with float32 in base64, or lists of numbers for the `usual` shape; undefined
 * where nothing is given.
 */
export function weights(
  given: unknown,
  usual: readonly number[],
  wrong: Wrong,
): NdArray | undefined {
  if (given === undefined) return undefined
  if (Array.isArray(given)) {
    const values = flat(given)
    if (values === undefined) return wrong(`is ${quoted(given)}; numbers are needed, in lists.`)
    if (values.length !== count(usual))
      return wrong(
        `holds ${values.length} numbers; shape ${shapeText(usual)} takes ${count(usual)}.`,
      )
    return ndarray(Float32Array.from(values), [...usual])
  }
  const { shape, data } = (typeof given === 'object' && given !== null ? given : {}) as {
    shape?: unknown
    data?: unknown
  }
  if (!Array.isArray(shape) || typeof data !== 'string')
    return wrong(
      `is ${quoted(given)}; write { "shape": […], "data": base64 of float32 } or lists of numbers.`,
    )
  if (shape.length !== usual.length || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
    return wrong(`has shape ${quoted(shape)}; ${usual.length} whole extents from 1 on are needed.`)
  const bytes = Buffer.from(data, 'base64')
  if (!/^[\w+/-]*={0,2}$/.test(data) || bytes.length !== 4 * count(shape))
    return wrong(
      `has shape ${shapeText(shape)}, which takes base64 of ${4 * count(shape)} bytes; ` +
        `${bytes.length} are there.`,
    )
  return ndarray(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    shape as number[],
  )
}

/**
 * All numbers in lists of lists, one after the other, however deep; undefined where something else
 * is among them.
 */
function flat(lists: readonly unknown[]): number[] | undefined {
  const numbers: number[] = []
  const open = [{ list: lists, at: 0 }]
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    if (last.at === last.list.length) {
      open.pop()
      continue
    }
    const one = last.list[last.at++]
    if (Array.isArray(one)) open.push({ list: one, at: 0 })
    else if (typeof one === 'number') numbers.push(one)
    else return undefined
  }
  return numbers
}

/** Random weights of about the size that keeps values as they are. */
export function randomWeights(shape: readonly number[], seed: number): NdArray {
  const scale = Math.sqrt(6 / count(shape.slice(1)))
  const values = signed(count(shape), seed + 11)
  for (let i = 0; i < values.length; i++) values[i]! *= scale
  return ndarray(values, [...shape])
}
