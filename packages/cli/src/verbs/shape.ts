/**
 * `shape --input 7 --kernel 3 --output 4`: the shape calculator. Solves for the one missing number
 * of an axis, by the rules of a library.
 */

import { solveShape } from 'stridefold/sync'
import { type Io, print, printJson } from '../io.ts'

type Problem = Parameters<typeof solveShape>[0]
type Answer = ReturnType<typeof solveShape>
export type Dialect = Parameters<typeof solveShape>[1]['dialect']
export type Padding = NonNullable<Problem['padding']>

export type ShapeFlags = Problem & { readonly dialect: Dialect; readonly json?: boolean }

export async function solveAxis({ dialect, json, ...problem }: ShapeFlags, io: Io): Promise<void> {
  const answer = solveShape(problem, { dialect })
  if (json) await printJson(io, 'shape', { dialect, problem, ...answer })
  else await print(io.stdout, answerText(answer))
}

function answerText({ unknown, solutions, orMore, sentence }: Answer): string {
  if (solutions.length === 0 || unknown === 'output') return sentence
  const values = solutions.map(formatPadding).join(', ')
  return `${unknown} ${values}${orMore ? ' or more' : ''}: ${sentence}`
}

const formatPadding = (value: Padding): string =>
  typeof value === 'object' ? value.join(':') : String(value)
