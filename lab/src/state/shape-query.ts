/**
 * A query to `solveShape` as a short text, and back. For example,
 * `pytorch,input:224,kernel:7,stride:2,output:112` solves for the padding.
 */

import { solveShape } from 'stridefold/sync'

type SolveArguments = Parameters<typeof solveShape>
export type ShapeNumbers = SolveArguments[0]
export type DialectName = SolveArguments[1]['dialect']
type Padding = NonNullable<ShapeNumbers['padding']>

export interface ShapeQuery {
  readonly dialect: DialectName
  readonly numbers: ShapeNumbers
}

export const dialectNames: readonly DialectName[] = [
  'pytorch',
  'tensorflow',
  'onnx-upper',
  'onnx-lower',
  'scipy',
  'numpy',
  'article2',
]
export const shapeNumbers = ['input', 'kernel', 'stride', 'dilation', 'padding', 'output'] as const

/** Throws the library's error if the query is not valid. */
export function queryOf(text: string): ShapeQuery {
  const [dialect = '', ...parts] = text.split(',')
  const numbers = Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...words] = part.split(':')
      const values = words.map(paddingWord)
      if (values.length === 0 || values.length > 2)
        throw new Error(`'${part}' is not a number of an axis`)
      return [name, values.length === 1 ? values[0] : values]
    }),
    // The call of `solveShape` below rejects unknown names and values that are not extents.
  ) as ShapeNumbers
  const query = { dialect: dialect as DialectName, numbers }
  solveShape(numbers, { dialect: query.dialect })
  return query
}

const paddingWord = (word: string): number | string => (/^-?\d+$/.test(word) ? Number(word) : word)

export const queryText = ({ dialect, numbers }: ShapeQuery): string =>
  [
    dialect,
    ...shapeNumbers.flatMap((name) =>
      numbers[name] === undefined ? [] : [`${name}:${paddingText(numbers[name])}`],
    ),
  ].join()

/** A padding as text: 3, 2:3, same. */
export const paddingText = (padding: Padding): string =>
  typeof padding === 'object' ? padding.join(':') : String(padding)
