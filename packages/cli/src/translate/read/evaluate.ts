/**
 * Gives every name and expression of the code its value. Known functions have a reader; the rest is
 * rejected by name. Nothing of the code is executed.
 */

import { type Arguments, bindArguments, extentsOf, type GivenArgument } from './arguments.ts'
import { subscriptResult } from './convolution.ts'
import type { Library, Reader } from './library.ts'
import type { Expression, Program, Statement } from './syntax.ts'
import { type Subscript, spread, subscript, withStep } from './tensor.ts'
import {
  type ArrayValue,
  type ConvolutionValue,
  described,
  isKind,
  listOf,
  type Value,
} from './values.ts'
import { notRead } from './wording.ts'

const words: Readonly<Record<string, Value>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
  undefined: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
}

/** The functions of the languages themselves. */
const builtins: Readonly<Record<string, Reader>> = {
  float: {
    signature: 'value',
    read: ({ call, values }) => {
      const value = values.get('value')
      const number = Number(
        String(value)
          .replace(/^([+-]?)inf(inity)?$/i, '$1Infinity')
          .replace(/^nan$/i, 'NaN'),
      )
      if (typeof value === 'number') return value
      if (typeof value === 'string' && (!Number.isNaN(number) || /nan/i.test(value))) return number
      throw notRead(`${call} has ${described(value)}`, 'Write a number.')
    },
  },
  int: { signature: 'value', read: ({ values }) => values.get('value') ?? null },
  tuple: { signature: 'items', read: ({ values }) => values.get('items') ?? null },
  list: { signature: 'items', read: ({ values }) => values.get('items') ?? null },
  require: {
    signature: 'module',
    read: ({ values }) => ({ kind: 'path', path: String(values.get('module')) }),
  },
}

/** Returns the convolution that the code computes last. */
export function evaluate(program: Program, library: Library): ConvolutionValue {
  const names = new Map<string, Value>()
  const found: Value[] = []
  const convolutions = new Set<Value>()
  /** A variable that the code does not define: an array of the caller, the same at each use. */
  const freeArray = (name: string): ArrayValue => {
    const array: ArrayValue = { kind: 'array', source: { name }, steps: [] }
    names.set(name, array)
    return array
  }
  const readerOf = (path: string): Reader | undefined =>
    entryOf(library.functions, path) ?? entryOf(builtins, path)
  const textOf = ({ at, end }: Expression): string => program.text.slice(at, end)

  function evaluated(expression: Expression): Value {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value
      case 'ellipsis':
        return { kind: 'ellipsis' }
      case 'name':
        return nameValue(expression.name)
      case 'list': {
        const items = itemsOf(expression.items)
        const [first] = items
        // `[...k]` is a copy of k.
        const isCopy = items.length === 1 && expression.items[0]!.type === 'spread'
        return isCopy && isKind(first, 'array') ? first : listOf(items)
      }
      case 'dict':
        return {
          kind: 'dict',
          entries: new Map(expression.entries.map(([key, value]) => [key, evaluated(value)])),
        }
      case 'slice':
        return {
          kind: 'slice',
          start: expression.start && evaluated(expression.start),
          stop: expression.stop && evaluated(expression.stop),
          step: expression.step && evaluated(expression.step),
        }
      case 'spread':
        throw notRead(`'${textOf(expression)}' spreads a value`, 'Write the values out.')
      case 'member':
        return memberValue(expression)
      case 'subscript':
        return subscriptValue(expression)
      case 'unary': {
        const value = evaluated(expression.operand)
        if (typeof value === 'number') return expression.operator === '-' ? -value : value
        throw notRead(`'${textOf(expression)}' is computed from ${described(value)}`, numbersOnly)
      }
      case 'binary':
        return binaryValue(expression)
      case 'call':
        return callValue(expression)
    }
  }

  function nameValue(name: string): Value {
    const known = names.get(name)
    if (known !== undefined) return known
    if (Object.hasOwn(words, name)) return words[name]!
    const path = entryOf(library.aliases, name)
    if (path !== undefined) return { kind: 'path', path }
    if (readerOf(name)) return { kind: 'path', path: name }
    return freeArray(name)
  }

  const itemsOf = (items: readonly Expression[]): Value[] =>
    items.flatMap((item) => {
      if (item.type !== 'spread') return [evaluated(item)]
      const value = evaluated(item.operand)
      return isKind(value, 'list') ? [...value.items] : [value]
    })

  function memberValue(expression: Extract<Expression, { type: 'member' }>): Value {
    const text = textOf(expression)
    const known = names.get(text)
    if (known !== undefined) return known
    const object = evaluated(expression.object)
    const { name } = expression
    if (isKind(object, 'path')) {
      const path = object.path === '' ? name : `${object.path}.${name}`
      return library.constants?.(path) ?? { kind: 'path', path }
    }
    if (isKind(object, 'array')) {
      if (name === 'shape') return { kind: 'extents', array: object, select: (shape) => shape }
      if (name === 'dtype') return { kind: 'opaque', text }
      if (name === 'T') return applyReader('transpose', library.methods.transpose, text, [object])
      // An attribute of an object that the code does not define, such as self.weight.
      if (object.steps.length === 0 && object.source.shape === undefined) return freeArray(text)
    }
    throw notRead(`'${text}' is not read`, 'Write the value out.')
  }

  function subscriptValue(expression: Extract<Expression, { type: 'subscript' }>): Value {
    const object = evaluated(expression.object)
    const items = expression.items.map(evaluated)
    const text = textOf(expression)
    if (isKind(object, 'array')) return withStep(object, subscript(subscriptsOf(items, text)))
    if (isKind(object, 'convolution')) {
      const subscripts = subscriptsOf(items, text)
      return {
        ...object,
        build: (bind) => subscriptResult(object.build(bind), subscripts),
      }
    }
    if (isKind(object, 'extents')) {
      const [item] = items
      if (typeof item === 'number')
        return { ...object, select: (shape) => [object.select(shape).at(item)!] }
      if (isKind(item, 'slice')) {
        const [start, stop] = [item.start, item.stop].map((bound) =>
          typeof bound === 'number' ? bound : undefined,
        )
        return { ...object, select: (shape) => object.select(shape).slice(start, stop) }
      }
    }
    if (isKind(object, 'list') && typeof items[0] === 'number')
      return object.items.at(items[0]) ?? null
    throw notRead(`'${text}' is a subscript of ${described(object)}`, 'Write the value out.')
  }

  function binaryValue(expression: Extract<Expression, { type: 'binary' }>): Value {
    const { operator } = expression
    const [left, right] = [evaluated(expression.left), evaluated(expression.right)]
    if (typeof left === 'number' && typeof right === 'number')
      return arithmetic[operator]!(left, right)
    const lists = [left, right].map((side) =>
      isKind(side, 'list') ? side.items : isKind(side, 'extents') ? [side] : undefined,
    )
    if (operator === '+' && lists[0] && lists[1]) return listOf([...lists[0], ...lists[1]])
    if (operator === '*' && isKind(left, 'list') && typeof right === 'number')
      return listOf(Array.from({ length: Math.min(right, 64) }, () => left.items).flat())
    const sides = [left, right]
    if (sides.some((side) => isKind(side, 'vector')))
      return vectorValue(operator, left, right, textOf(expression))
    const array = sides.find((side) => isKind(side, 'array'))
    const isScaled =
      array !== undefined &&
      array.steps.length === 0 &&
      sides.every((side) => side === array || typeof side === 'number' || isKind(side, 'opaque'))
    if (isScaled) {
      const { values: _, ...source } = array.source
      return { ...array, source: { ...source, name: textOf(expression) } }
    }
    throw notRead(
      `'${textOf(expression)}' computes with ${described(left)} and ${described(right)}`,
      'Compute it outside of the code.',
    )
  }

  function callValue(expression: Extract<Expression, { type: 'call' }>): Value {
    const { callee } = expression
    const args = expression.args.flatMap(({ name, value }): GivenArgument[] => {
      if (value.type !== 'spread')
        return [
          name === undefined ? { value: evaluated(value) } : { name, value: evaluated(value) },
        ]
      return itemsOf([value]).map((item) => ({ value: item }))
    })
    const text = textOf(callee)
    if (callee.type === 'member' && names.get(text) === undefined) {
      const object = evaluated(callee.object)
      if (!isKind(object, 'path')) return methodValue(object, callee.name, text, args)
    }
    const target = evaluated(callee)
    if (isKind(target, 'path'))
      return applyReader(target.path, readerOf(target.path), text, [], args)
    if (isKind(target, 'object')) return methodValue(target, '()', text, args)
    throw unknownFunction(text)
  }

  function methodValue(
    object: Value,
    name: string,
    text: string,
    args: readonly GivenArgument[],
  ): Value {
    const key = isKind(object, 'object') ? `${object.type}.${name}` : name
    return applyReader(key, entryOf(library.methods, key), text, [object], args)
  }

  function applyReader(
    path: string,
    known: Reader | undefined,
    text: string,
    objects: readonly Value[],
    args: readonly GivenArgument[] = [],
  ): Value {
    if (known === undefined) throw unknownFunction(text, path)
    const all = [...objects.map((value) => ({ value })), ...args]
    const bound: Arguments = bindArguments(text, known.signature, all)
    const value = known.read(bound)
    if (isKind(value, 'convolution') && !all.some((arg) => isKind(arg.value, 'convolution')))
      convolutions.add(value)
    return value
  }

  function unknownFunction(text: string, path: string = text): Error {
    const known = Object.keys(library.functions).filter((name) => !/\.(pad|zeros)$/.test(name))
    const last = path.split('.').at(-1)!
    const near = known.filter((name) => name.split('.').at(-1) === last)
    return notRead(
      `${library.title}: '${text}' is not a function that --from ${library.name} reads`,
      near.length > 0 ? `It reads ${near.join(', ')}.` : `docs/translate.md lists the functions.`,
    )
  }

  function assign(target: Expression, value: Value): void {
    if (target.type === 'list') {
      if (!isKind(value, 'list') || value.items.length !== target.items.length)
        throw notRead(
          `'${textOf(target)}' has ${target.items.length} names for ${described(value)}`,
          'Give one value for each name.',
        )
      target.items.forEach((item, i) => assign(item, value.items[i]!))
      return
    }
    if (target.type === 'subscript') {
      assignPart(target, value)
      return
    }
    names.set(textOf(target), value)
    found.push(value)
  }

  /** `zeros[::2] = array`: the array with zeros between its samples. */
  function assignPart(target: Extract<Expression, { type: 'subscript' }>, value: Value): void {
    const zeros = evaluated(target.object)
    if (!isKind(zeros, 'zeros') || !isKind(value, 'array'))
      throw notRead(
        `'${textOf(target)}' is assigned to`,
        'Only an array that is written into zeros is read.',
      )
    const steps = target.items.map(evaluated).map((item) => {
      const isOpen = isKind(item, 'slice') && item.start === undefined && item.stop === undefined
      if (isOpen && (item.step === undefined || typeof item.step === 'number'))
        return item.step ?? 1
      throw notRead(`'${textOf(target)}' selects a part`, 'Use steps such as [::2].')
    })
    names.set(
      textOf(target.object),
      withStep(
        value,
        spread(steps, (bind) => extentsOf(zeros.shape, bind)),
      ),
    )
  }

  function run(statement: Statement): void {
    if (statement.type === 'import')
      for (const [alias, path] of statement.names)
        names.set(alias, { kind: 'path', path: modulePath(path) })
    else if (statement.type === 'assign') assign(statement.target, evaluated(statement.value))
    else found.push(evaluated(statement.value))
  }

  const modulePath = (path: string): string => {
    const member = /^(.*)\.([A-Za-z_]\w*)$/.exec(path)
    const known = entryOf(library.aliases, path)
    if (known !== undefined) return known
    const parent = member && entryOf(library.aliases, member[1]!)
    if (parent === undefined || parent === null) return path
    return `${parent}${parent === '' ? '' : '.'}${member![2]}`
  }

  program.statements.forEach(run)
  for (const value of found.reverse()) {
    const finished = isKind(value, 'convolution') ? value : library.finish?.(value)
    if (!isKind(finished, 'convolution')) continue
    if (convolutions.size > 1)
      throw notRead(`The code has ${convolutions.size} convolutions`, 'Translate one at a time.')
    return finished
  }
  throw notRead(
    `The code has no convolution of ${library.title}`,
    'docs/translate.md lists the functions that are read.',
  )
}

/** The own entry of a table: 'constructor' is none. */
const entryOf = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const numbersOnly = 'Only numbers are computed with.'

const modulo = (a: number, b: number): number => a - b * Math.floor(a / b)

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': modulo,
  '**': (a, b) => a ** b,
}

/** Whole numbers, element by element, as NumPy computes them. */
function vectorValue(operator: string, left: Value, right: Value, text: string): Value {
  const at = (side: Value, i: number): number => {
    if (typeof side === 'number') return side
    if (isKind(side, 'vector')) return side.values[i]!
    throw notRead(`'${text}' computes with ${described(side)}`, numbersOnly)
  }
  const length = Math.max(
    ...[left, right].map((side) => (isKind(side, 'vector') ? side.values.length : 0)),
  )
  const first = isKind(left, 'vector') ? left : isKind(right, 'vector') ? right : undefined
  return {
    kind: 'vector',
    start: first?.start ?? 0,
    values: Array.from({ length }, (_, i) => arithmetic[operator]!(at(left, i), at(right, i))),
  }
}

/** The items of a subscript of an array. */
function subscriptsOf(items: readonly Value[], text: string): Subscript[] {
  return items.map((item): Subscript => {
    if (item === null) return 'new'
    if (typeof item === 'number') return item
    if (isKind(item, 'ellipsis')) return 'rest'
    if (isKind(item, 'opaque') && item.text === 'numpy.newaxis') return 'new'
    if (isKind(item, 'slice')) {
      const bounds = [item.start, item.stop, item.step].map((bound) => {
        if (bound === undefined || bound === null) return undefined
        if (typeof bound === 'number' && Number.isSafeInteger(bound)) return bound
        throw notRead(`'${text}' has the bound ${described(bound)}`, 'Write whole numbers.')
      })
      const [start, stop, step = 1] = bounds
      return {
        ...(start === undefined ? {} : { start }),
        ...(stop === undefined ? {} : { stop }),
        step,
      }
    }
    throw notRead(`'${text}' has the subscript ${described(item)}`, 'Write numbers and slices.')
  })
}
