/**
 * Reads the numbers of a pasted text: rows of a spreadsheet or a CSV file, or lists in brackets as
 * NumPy, MATLAB, JavaScript and others write them, with or without the call around them.
 *
 *     1 0 -1; 2 0 -2      [1 2; 3 4]      np.array([[1., 2.], [3., 4.]], dtype=np.float32)
 *
 * A fault has the line and the column where the text stops being numbers.
 */

/** Numbers row by row. A list without inner lists has one axis. */
export interface Matrix {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

export interface Spot {
  /** From 1. */
  readonly line: number
  readonly column: number
}

/** Why a text is no matrix. The texts of the page have the sentences. */
export type MatrixFault =
  | { readonly kind: 'empty' }
  | ({ readonly kind: 'word'; readonly found: string } & Spot)
  | ({ readonly kind: 'ragged'; readonly count: number; readonly first: number } & Spot)
  | ({ readonly kind: 'open' } & Spot)
  | ({ readonly kind: 'rest'; readonly found: string } & Spot)
  | ({ readonly kind: 'comma' } & Spot)

/** A fault on its way out of the parser. */
class Faulty extends Error {
  readonly fault: MatrixFault
  constructor(fault: MatrixFault) {
    super(fault.kind)
    this.fault = fault
  }
}

/** `x = np.array(`: what may stand before the first bracket. */
const wrapper =
  /^\s*(?:(?:const|let|var)\s+)?(?:[\w.]+\s*=\s*)?(?:new\s+)?(?:[\w.]+\s*\(\s*)?(?=[[({])/
/** The last part of the name of a call that only makes an array. */
const makers =
  /^(?:(?:as|nd)?array|mat(?:rix)?|Matrix|[tT]ensor|tensor[1-6]d|constant|list|\w+\d+Array)$/
const calls = /([A-Za-z_$][\w$]*)\s*\(/g

/** Whether a text is code of a library, and not only numbers. */
export function isCode(text: string): boolean {
  const names = [...text.matchAll(calls)].map(([, name]) => name!)
  return (
    names.some((name) => !makers.test(name)) ||
    /\b(?:magick|convert)\b/.test(text) ||
    /^\s*\{\s*"/.test(text) ||
    /\bConv(?:Transpose)?\s*</.test(text)
  )
}

export function matrixOf(text: string): Matrix | MatrixFault {
  try {
    const start = wrapper.exec(text)?.[0].length
    return start === undefined ? rowsOf(text) : new Brackets(text, start).read()
  } catch (error) {
    if (error instanceof Faulty) return error.fault
    throw error
  }
}

const maxShown = 24
const shorten = (word: string): string =>
  word.length > maxShown ? `${word.slice(0, maxShown - 1)}…` : word

export function spotAt(text: string, at: number): Spot {
  const lines = text.slice(0, at).split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}

const number = /^[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+−]?\d+)?f?$/i

/** A number or a fraction; NaN for anything else. */
function numberOf(word: string): number {
  const [over = '', under = '1', ...more] = word.split('/')
  if (more.length > 0 || !number.test(over) || !number.test(under)) return Number.NaN
  const plain = (part: string): number => Number(part.replaceAll('−', '-').replace(/f$/i, ''))
  return plain(over) / plain(under)
}

function cellValue(text: string, word: string, at: number): number {
  const value = numberOf(word.replace(/^(["'])(.*)\1$/, '$2'))
  if (Number.isFinite(value)) return value === 0 ? 0 : value
  throw new Faulty({ kind: 'word', found: shorten(word), ...spotAt(text, at) })
}

/** Rows without brackets. A semicolon ends a row, or separates the cells of a file with lines. */
function rowsOf(text: string): Matrix {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const isList = lines.length > 1 && !lines.slice(0, -1).every((line) => /;\s*$/.test(line))
  // 0,5;1,25: is it 0.5 and 1.25, or four numbers?
  const comma = /\d,\d/.exec(text)
  if (comma && text.includes(';'))
    throw new Faulty({ kind: 'comma', ...spotAt(text, comma.index + 1) })
  const rowEnds = isList ? '\n' : '\n;'
  const rows: number[][] = [[]]
  const starts: number[] = []
  for (const { 0: word, index } of text.matchAll(/["'][^"'\n]*["']|[^\s,;"']+|[\n;,"']/g)) {
    if (word.length === 1 && rowEnds.includes(word)) rows.push([])
    else if (word !== ',' && word !== ';' && word !== '\n') {
      rows.at(-1)!.push(cellValue(text, word, index))
      starts[rows.length - 1] ??= index
    }
  }
  const filled = rows.flatMap((row, i) => (row.length > 0 ? [{ row, at: starts[i]! }] : []))
  return joined(text, filled)
}

function joined(text: string, rows: readonly { row: readonly number[]; at: number }[]): Matrix {
  const first = rows[0]?.row.length ?? 0
  if (first === 0) throw new Faulty({ kind: 'empty' })
  for (const { row, at } of rows)
    if (row.length !== first)
      throw new Faulty({ kind: 'ragged', count: row.length, first, ...spotAt(text, at) })
  return { shape: [rows.length, first], values: rows.flatMap(({ row }) => row) }
}

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

/** `, dtype=np.float32)`, `, shape=(2, 3))`; not `.T` or `+ 1`. */
const ending = /^\s*(?:,\s*(?:\w+\s*[=:]\s*(?:\([^)]*\)|[\w.'":<>]+)|[A-Za-z][\w.]*)\s*)*,?[)\s;]*$/

/** Nested lists in brackets. */
class Brackets {
  readonly #text: string
  #at: number

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
  }

  read(): Matrix {
    const matrix = this.#list(true)
    this.#end()
    if (matrix.values.length === 0) throw new Faulty({ kind: 'empty' })
    return matrix
  }

  #fault(kind: 'word' | 'rest' | 'open', at: number): Faulty {
    const found = shorten(/\S+/.exec(this.#text.slice(at))?.[0] ?? '')
    return new Faulty({ kind, found, ...spotAt(this.#text, at) })
  }

  /** One list with everything in it: lists of one shape, or rows of numbers. */
  #list(isOuter = false): Matrix {
    const opened = this.#at
    const close = closing[this.#text[opened]!]
    this.#at++
    const lists: { readonly matrix: Matrix; readonly at: number }[] = []
    const rows: { row: number[]; at: number }[] = []
    let isNewRow = true
    for (;;) {
      const mark = this.#text[this.#at]
      if (mark === undefined) throw this.#fault('open', opened)
      const at = this.#at
      if (mark === close) break
      if (mark in closing) {
        if (rows.length > 0) throw this.#fault('word', at)
        lists.push({ matrix: this.#list(), at })
      } else if (/[\s,;]/.test(mark)) {
        this.#at++
        if (mark === ';') isNewRow = true
      } else {
        const word = /^[^\s,;[\](){}]+/.exec(this.#text.slice(at))?.[0]
        if (word === undefined || lists.length > 0) throw this.#fault('word', at)
        if (isNewRow) rows.push({ row: [], at })
        isNewRow = false
        rows.at(-1)!.row.push(cellValue(this.#text, word, at))
        this.#at += word.length
      }
    }
    this.#at++
    if (lists.length > 0) return this.#stacked(lists)
    if (rows.length > 1) return joined(this.#text, rows)
    const all = rows[0]?.row ?? []
    const height = isOuter ? this.#matlabRows(opened, all.length) : 1
    if (height > 1) return { shape: [height, all.length / height], values: all }
    return { shape: [all.length], values: all }
  }

  /** MATLAB ends a row at the end of a line, too. NumPy only wraps a long list. */
  #matlabRows(opened: number, count: number): number {
    const inner = this.#text.slice(opened + 1, this.#at - 1).trim()
    const lines = inner.split('\n').map((line) => line.trim().split(/[\s,]+/).length)
    return lines.every((length) => length * lines.length === count) ? lines.length : 1
  }

  #stacked(lists: readonly { readonly matrix: Matrix; readonly at: number }[]): Matrix {
    const [first] = lists
    const { shape } = first!.matrix
    for (const { matrix, at } of lists) {
      if (matrix.shape.join() === shape.join()) continue
      const [count, wanted] = [matrix.values.length, first!.matrix.values.length]
      throw new Faulty({ kind: 'ragged', count, first: wanted, ...spotAt(this.#text, at) })
    }
    return { shape: [lists.length, ...shape], values: lists.flatMap(({ matrix }) => matrix.values) }
  }

  /** What may follow: the other arguments of the call, and the end of a statement. */
  #end(): void {
    const rest = this.#text.slice(this.#at)
    if (!ending.test(rest)) throw this.#fault('rest', this.#at + /^\s*/.exec(rest)![0].length)
  }
}
