/**
 * Weights of a JSON network: as lists, as base64 bytes, or random.
 */

import { signedUniform } from '@stridefold/measure'
import { type NdArray, ndarray } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import { countOf } from '../units.ts'

import { quoteValue, shapeText } from './graph.ts'

/** Throws an error with this description. */
export type Fail = (what: string) => never

/**
 * Reads { shape, data } with float32 in base64, or lists of numbers in `expectedShape`. Undefined
 * if there are no weights.
 */
export function weights(
  json: unknown,
  expectedShape: readonly number[],
  fail: Fail,
): NdArray | undefined {
  if (json === undefined) return undefined
  if (Array.isArray(json)) {
    const values = flatten(json)
    if (values === undefined) return fail(`is ${quoteValue(json)}; lists of numbers are needed.`)
    if (values.length !== elementCount(expectedShape))
      return fail(
        `has ${countOf(values.length, 'number')}; shape ${shapeText(expectedShape)} takes ` +
          `${elementCount(expectedShape)}.`,
      )
    return ndarray(Float32Array.from(values), [...expectedShape])
  }
  const { shape, data } = (typeof json === 'object' && json !== null ? json : {}) as {
    shape?: unknown
    data?: unknown
  }
  if (!Array.isArray(shape) || typeof data !== 'string')
    return fail(
      `is ${quoteValue(json)}; write { "shape": […], "data": base64 of float32 } or lists of numbers.`,
    )
  if (
    shape.length !== expectedShape.length ||
    !shape.every((n) => Number.isSafeInteger(n) && n > 0)
  )
    return fail(
      `has shape ${quoteValue(shape)}; ${expectedShape.length} integers from 1 on are needed.`,
    )
  const bytes = Buffer.from(data, 'base64')
  if (!/^[\w+/-]*={0,2}$/.test(data) || bytes.length !== 4 * elementCount(shape))
    return fail(
      `has shape ${shapeText(shape)}, which takes ${4 * elementCount(shape)} bytes in base64, ` +
        `but data has ${bytes.length}.`,
    )
  return ndarray(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    shape as number[],
  )
}

/** Flattens nested lists of any depth, without recursion. Undefined if an item is not a number. */
function flatten(lists: readonly unknown[]): number[] | undefined {
  const numbers: number[] = []
  const stack = [{ list: lists, at: 0 }]
  for (let last = stack.at(-1); last !== undefined; last = stack.at(-1)) {
    if (last.at === last.list.length) {
      stack.pop()
      continue
    }
    const item = last.list[last.at++]
    if (Array.isArray(item)) stack.push({ list: item, at: 0 })
    else if (typeof item === 'number') numbers.push(item)
    else return undefined
  }
  return numbers
}

/** Random weights, scaled so that values keep their size from layer to layer. */
export function randomWeights(shape: readonly number[], seed: number): NdArray {
  const scale = Math.sqrt(6 / elementCount(shape.slice(1)))
  const values = signedUniform(elementCount(shape), seed + 11)
  for (let i = 0; i < values.length; i++) values[i]! *= scale
  return ndarray(values, [...shape])
}
