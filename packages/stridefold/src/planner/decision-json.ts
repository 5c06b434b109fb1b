/**
 * Decisions and problems as JSON, and back. JSON has no infinities, no NaN and no −0, so these
 * numbers become records with their name.
 */

import type { Problem } from '../problem/problem.ts'
import type { Decision } from './decision.ts'

/** The text of a problem or of a decision. */
export const toJson = (data: Problem | Decision): string => JSON.stringify(data, encode)

export const problemFromJson = (text: string): Problem => JSON.parse(text, decode) as Problem

export const decisionFromJson = (text: string): Decision => JSON.parse(text, decode) as Decision

/** Plain data as a value that JSON keeps, and back. */
export const encoded = (data: object): object => JSON.parse(JSON.stringify(data, encode)) as object

export const decoded = (value: unknown): unknown => JSON.parse(JSON.stringify(value), decode)

interface EncodedNumber {
  readonly number: 'Infinity' | '-Infinity' | 'NaN' | '-0'
}

function encode(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  if (Object.is(value, -0)) return { number: '-0' }
  return Number.isFinite(value) ? value : { number: String(value) }
}

function decode(_: string, value: unknown): unknown {
  const isEncoded = typeof value === 'object' && value !== null && 'number' in value
  return isEncoded ? Number((value as EncodedNumber).number) : value
}
