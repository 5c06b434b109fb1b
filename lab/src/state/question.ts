/**
 * A question to `solveShape` as a short text, and back:
 * `pytorch,input:224,kernel:7,stride:2,output:112` asks for the padding.
 */

import { solveShape } from 'stridefold/sync'

type Asked = Parameters<typeof solveShape>
export type ShapeNumbers = Asked[0]
export type DialectName = Asked[1]['dialect']
type Padding = NonNullable<ShapeNumbers['padding']>

export interface Question {
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

/** Throws the library's sentence where the question cannot be asked. */
export function questionOf(text: string): Question {
  const [dialect = '', ...parts] = text.split(',')
  const numbers = Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...words] = part.split(':')
      const values = words.map(paddingWord)
      if (values.length === 0 || values.length > 2)
        throw new Error(`'${part}' is no number of an axis`)
      return [name, values.length === 1 ? values[0] : values]
    }),
    // Checked by the call below, which refuses unknown names and numbers that are no extents.
  ) as ShapeNumbers
  const question = { dialect: dialect as DialectName, numbers }
  solveShape(numbers, { dialect: question.dialect })
  return question
}

const paddingWord = (word: string): number | string => (/^-?\d+$/.test(word) ? Number(word) : word)

export const questionText = ({ dialect, numbers }: Question): string =>
  [
    dialect,
    ...shapeNumbers.flatMap((name) =>
      numbers[name] === undefined ? [] : [`${name}:${paddingText(numbers[name])}`],
    ),
  ].join()

/** A padding as it is written and read: 3, 2:3, same. */
export const paddingText = (padding: Padding): string =>
  typeof padding === 'object' ? padding.join(':') : String(padding)
