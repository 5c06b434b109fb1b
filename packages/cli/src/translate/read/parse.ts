/**
 * A parser for the statements that a call of a library needs: imports, assignments and
 * expressions, in Python or JavaScript. It builds a tree and executes nothing.
 *
 *   statement  = import | target "=" expression | expression
 *   expression = sum, with + - * / // % **, unary -, members, calls and subscripts
 *   call       = callee "(" argument { "," argument } ")"    argument: value, name=value, *items
 *              | name "<" name "=" value … ">" "(" … ")"     the attributes of an ONNX node as text
 *
 * Definitions, loops and conditions are rejected by their keyword.
 */

import type { Argument, Expression, Program, Statement } from './syntax.ts'
import { type Dialect, syntaxError, type Token, tokensOf } from './tokens.ts'

const rejectedKeywords = new Set(
  (
    'def class for while if elif else lambda with try return yield function switch do async ' +
    'raise throw global del assert'
  ).split(' '),
)

const levels: readonly (readonly string[])[] = [
  ['+', '-'],
  ['*', '/', '//', '%'],
]

/** The deepest nesting that is read. Real calls have fewer than 20 levels. */
const maxDepth = 100

export function parseCode(text: string, dialect: Dialect): Program {
  const { tokens, comments } = tokensOf(text, dialect)
  let position = 0
  let depth = 0
  const python = dialect === 'python'

  const peek = (): Token => tokens[position]!
  const fail = (expected: string, token: Token = peek()): never => {
    throw syntaxError(text, token.at, expected)
  }
  const isMark = (word: string): boolean => peek().kind === 'mark' && peek().text === word
  const isName = (word: string): boolean => peek().kind === 'name' && peek().text === word
  const take = (word: string): boolean => {
    if (!isMark(word) && !isName(word)) return false
    position++
    return true
  }
  const need = (word: string): void => {
    if (!take(word)) fail(`'${word}'`)
  }
  const name = (): string => {
    if (peek().kind !== 'name') fail('a name')
    return tokens[position++]!.text
  }
  const skipBreaks = (): void => {
    while (peek().kind === 'break' || isMark(';')) position++
  }
  const endOfLast = (): number => {
    const last = tokens[position - 1]
    return last === undefined ? 0 : last.at + last.text.length
  }
  /** Items up to `close`, separated by commas; a comma may follow the last one. */
  function items<T>(close: string, item: () => T): T[] {
    const found: T[] = []
    while (!isMark(close)) {
      found.push(item())
      if (!take(',') && !isMark(close)) fail(`',' or '${close}'`)
    }
    need(close)
    return found
  }

  function statement(): Statement {
    if (peek().kind === 'name' && rejectedKeywords.has(peek().text))
      fail('an import, an assignment or a call: definitions, loops and conditions are not read')
    if (isName('import') || isName('from')) return importStatement()
    if (!python && (take('const') || take('let') || take('var'))) {
      const target = expression()
      need('=')
      return { type: 'assign', target, value: expression() }
    }
    const target = tupleOrExpression()
    if (!take('=')) return { type: 'expression', value: target }
    return { type: 'assign', target, value: tupleOrExpression() }
  }

  /** `a, b` without brackets, as in `x, k = a, b`. */
  function tupleOrExpression(): Expression {
    const first = expression()
    if (!python || !isMark(',')) return first
    const all = [first]
    while (take(',') && !['break', 'end'].includes(peek().kind) && !isMark('='))
      all.push(expression())
    return { type: 'list', items: all, at: first.at, end: endOfLast() }
  }

  const dottedName = (): string => {
    let path = name()
    while (take('.')) path += `.${name()}`
    return path
  }

  function importStatement(): Statement {
    const pairs: (readonly [string, string])[] = []
    const alias = (fallback: string): string => (take('as') ? name() : fallback)
    if (take('from')) {
      const module = dottedName()
      need('import')
      const imported = (): readonly [string, string] => {
        const word = name()
        return [alias(word), `${module}.${word}`]
      }
      if (take('(')) pairs.push(...items(')', imported))
      else
        do pairs.push(imported())
        while (take(','))
      return { type: 'import', names: pairs }
    }
    need('import')
    if (python) {
      do {
        const path = dottedName()
        const first = path.split('.')[0]!
        pairs.push(take('as') ? [name(), path] : [first, first])
      } while (take(','))
      return { type: 'import', names: pairs }
    }
    const local: (readonly [string, string])[] = []
    do {
      if (take('*')) {
        need('as')
        local.push([name(), ''])
      } else if (take('{'))
        local.push(
          ...items('}', (): readonly [string, string] => {
            const word = name()
            return [alias(word), `.${word}`]
          }),
        )
      else local.push([name(), ''])
    } while (take(','))
    need('from')
    const module = peek()
    if (module.kind !== 'string') fail('the name of a module in quotes')
    position++
    return {
      type: 'import',
      names: local.map(([word, member]) => [word, `${String(module.value)}${member}`]),
    }
  }

  function expression(level = 0): Expression {
    if (level === levels.length) return unary()
    let left = expression(level + 1)
    for (;;) {
      const token = peek()
      if (token.kind !== 'mark' || !levels[level]!.includes(token.text)) return left
      position++
      const right = expression(level + 1)
      left = {
        type: 'binary',
        operator: token.text,
        left,
        right,
        at: left.at,
        end: right.end,
      }
    }
  }

  function unary(): Expression {
    if (++depth > maxDepth) fail(`at most ${maxDepth} nested brackets`)
    try {
      const { at, text: operator } = peek()
      if (isMark('-') || isMark('+')) {
        position++
        const operand = unary()
        return { type: 'unary', operator, operand, at, end: operand.end }
      }
      if (isMark('*') || isMark('...')) {
        const alone = isMark('...') && /^[,\])]$/.test(tokens[position + 1]!.text)
        position++
        if (alone) return { type: 'ellipsis', at, end: at + 3 }
        const operand = expression()
        return { type: 'spread', operand, at, end: operand.end }
      }
      if (!python && (isName('await') || isName('new'))) {
        position++
        return unary()
      }
      const base = postfix(primary())
      if (!take('**')) return base
      const right = unary()
      return { type: 'binary', operator: '**', left: base, right, at, end: right.end }
    } finally {
      depth--
    }
  }

  function postfix(base: Expression): Expression {
    let object = base
    for (;;) {
      // In JavaScript a line may begin with the next call of a chain.
      if (!python && peek().kind === 'break') {
        let next = position
        while (tokens[next]!.kind === 'break') next++
        if (tokens[next]!.text === '.') position = next
      }
      const { at } = object
      if (take('.')) object = { type: 'member', object, name: name(), at, end: endOfLast() }
      else if (take('(')) object = { type: 'call', callee: object, args: args(), at, end: 0 }
      else if (take('[')) {
        const all = items(']', subscriptItem)
        object = { type: 'subscript', object, items: all, at, end: endOfLast() }
      } else if (object.type === 'name' && isMark('<') && isAttribute()) {
        position++
        const attributes = items('>', argument)
        need('(')
        object = { type: 'call', callee: object, args: [...args(), ...attributes], at, end: 0 }
      } else return object
      if (object.end === 0) object = { ...object, end: endOfLast() }
    }
  }

  const isAttribute = (): boolean =>
    tokens[position + 1]!.kind === 'name' && tokens[position + 2]!.text === '='

  const args = (): Argument[] => items(')', argument)

  function argument(): Argument {
    if (python && peek().kind === 'name' && tokens[position + 1]!.text === '=') {
      const key = name()
      need('=')
      return { name: key, value: expression() }
    }
    if (isMark('**')) fail('an argument: ** is not read')
    return { value: expression() }
  }

  function subscriptItem(): Expression {
    const { at } = peek()
    const isEnd = (): boolean => isMark(':') || isMark(',') || isMark(']')
    const start = isEnd() ? undefined : expression()
    if (!take(':')) return start ?? fail('an index')
    const stop = isEnd() ? undefined : expression()
    const step = take(':') && !isEnd() ? expression() : undefined
    return { type: 'slice', start, stop, step, at, end: endOfLast() }
  }

  function primary(): Expression {
    const token = peek()
    const { at, kind, text: word } = token
    if (kind === 'number') {
      position++
      return { type: 'number', value: Number(token.value), at, end: at + word.length }
    }
    if (kind === 'string') {
      let value = ''
      while (peek().kind === 'string') value += String(tokens[position++]!.value)
      return { type: 'string', value, at, end: endOfLast() }
    }
    if (kind === 'name') {
      if (rejectedKeywords.has(word)) fail('a value')
      position++
      return { type: 'name', name: word, at, end: at + word.length }
    }
    if (take('(')) return inBrackets(at)
    if (take('[')) return { type: 'list', items: items(']', expression), at, end: endOfLast() }
    if (take('{')) return { type: 'dict', entries: items('}', entry), at, end: endOfLast() }
    return fail('a value')
  }

  /** A tuple, or an expression in brackets. */
  function inBrackets(at: number): Expression {
    if (take(')')) return { type: 'list', items: [], at, end: endOfLast() }
    const first = expression()
    if (take(')')) return first
    need(',')
    return { type: 'list', items: [first, ...items(')', expression)], at, end: endOfLast() }
  }

  function entry(): readonly [string, Expression] {
    const token = peek()
    if (token.kind !== 'string' && (python || token.kind !== 'name'))
      fail(python ? 'a key in quotes' : 'a key')
    position++
    const key = String(token.value ?? token.text)
    if (take(':')) return [key, expression()]
    if (python || token.kind !== 'name') fail("':'")
    return [key, { type: 'name', name: key, at: token.at, end: endOfLast() }]
  }

  const statements: Statement[] = []
  skipBreaks()
  while (peek().kind !== 'end') {
    statements.push(statement())
    if (!['break', 'end'].includes(peek().kind) && !isMark(';'))
      fail('the end of the line, or an operator')
    skipBreaks()
  }
  return { text, statements, comments }
}
