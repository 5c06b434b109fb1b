/**
 * The examples of the documentation as programs. A comment behind a statement is its value, or what
 * it prints. The tests run them, and so do the pages of the site.
 */

export interface Statement {
  readonly code: string
  /** The comments behind the statement, in one line; empty if there is none. */
  readonly comment: string
}

/** A statement begins at a line that is neither indented, nor a closing bracket, nor a comment. */
export function statementsOf(example: string): Statement[] {
  const statements: { code: string; comment: string }[] = []
  for (const line of example.split('\n')) {
    const [, code, comment = ''] = /^(.*?)\s*(?:\/\/ (.*))?$/.exec(line)!
    if (code !== '' && /^[^\s)\]}]/.test(line)) statements.push({ code: '', comment: '' })
    const last = statements.at(-1)!
    last.code += `${code}\n`
    last.comment += comment
  }
  return statements
}

/** The body of an asynchronous function that returns the values that the statements show. */
export function programOf(statements: readonly Statement[]): string {
  const code = statements.map(({ code, comment }) =>
    comment === '' || code.includes('console.log(') ? code : `show(${code.replace(/\s*$/, '')})\n`,
  )
  const body = code.join(';').replaceAll('console.log(', 'show(')
  return `const values = [], show = (value) => values.push(value);\n${body}; return values`
}

/**
 * Arrays as nested lists, numbers to six digits: the comments show float32 values as decimals.
 * `toNested` is that of the library.
 */
export function shownValue(value: unknown, toNested: (x: never) => unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(6))
  if (Array.isArray(value)) return value.map((item) => shownValue(item, toNested))
  if (ArrayBuffer.isView(value))
    return [...(value as unknown as Iterable<number>)].map((item) => shownValue(item, toNested))
  const isArray = typeof value === 'object' && value !== null && 'strides' in value
  return isArray ? shownValue(toNested(value as never), toNested) : value
}
