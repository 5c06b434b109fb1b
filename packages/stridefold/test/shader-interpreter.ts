/**
 * Runs the compute shaders of the library without a GPU, one invocation after the other, from one
 * barrier to the next. It reads the subset of WGSL that the library writes. It is stricter than a
 * GPU, and throws for what a GPU would hide:
 *
 * - an access outside of its buffer;
 * - a barrier that not all invocations of a workgroup reach;
 * - two invocations that touch the same element, one of them writing, without a barrier between
 *   them; in a buffer: in the whole dispatch.
 *
 * It also watches how neighbouring invocations read: see `AccessWatcher`.
 */

import type { Kernel } from '../src/backends/webgpu/shaders/kernel.ts'
import { roundHalfToEven } from '../src/ndarray/rounding.ts'

type Numbers = Float32Array | Int32Array | Uint32Array

/** Sees each read of a buffer: by which invocation, of which element. */
export type AccessWatcher = (buffer: string, element: number, invocation: number) => void

interface Declaration {
  readonly name: string
  readonly type: string
  readonly length: number
}

type Main = (
  groups: { readonly x: number; readonly y: number },
  rows: { readonly x: number },
  invocation: number,
) => Generator<undefined>

/**
 * Runs the workgroups of a kernel, or the first of them. `buffers`: the elements of each, in the
 * order of the kernel.
 */
export function runKernel(
  { code, workgroups, usesOrigins }: Kernel,
  buffers: readonly Numbers[],
  origins: Readonly<Record<string, number>>,
  watch: AccessWatcher = () => {},
  mostWorkgroups: number = Infinity,
): void {
  const { bindings, shared, source, size } = translated(code)
  const state = { invocation: 0, epoch: 0 }
  const dispatch = { invocation: 0, epoch: 0 }
  const watched = bindings.map(({ name, type }, i) =>
    type.includes('atomic')
      ? buffers[i]!
      : checked(name, buffers[i]!, dispatch, (element) => watch(name, element, state.invocation)),
  )
  for (let group = 0; group < Math.min(workgroups, mostWorkgroups); group++) {
    const memory = shared.map(({ name, type, length }) =>
      checked(name, type === 'f32' ? new Float32Array(length) : new Int32Array(length), state),
    )
    const names = [...bindings, ...shared].map(({ name }) => name)
    // A kernel that does not say so gets no origins.
    const [name, values] = usesOrigins ? [['origins'], [origins]] : [[], []]
    const make = new Function(...names, ...name, ...Object.keys(builtins), source)
    const main = make(...watched, ...memory, ...values, ...Object.values(builtins)) as Main
    const invocations = Array.from({ length: size }, (_, i) =>
      main({ x: group, y: 0 }, { x: workgroups }, i),
    )
    for (let isDone = false; !isDone; state.epoch++) {
      const done = invocations.map((each, i) => {
        state.invocation = i
        dispatch.invocation = group * size + i
        return each.next().done === true
      })
      isDone = done[0]!
      if (done.some((each) => each !== isDone))
        throw new Error('some invocations of a workgroup reach a barrier, and others do not')
    }
  }
}

/** An array whose accesses are checked. `now`: who runs, and since which barrier. */
function checked(
  name: string,
  elements: Numbers,
  now: { invocation: number; epoch: number },
  onRead: (element: number) => void = () => {},
): Numbers {
  const [writer, wroteAt] = [new Map<number, number>(), new Map<number, number>()]
  const [reader, readAt] = [new Map<number, number>(), new Map<number, number>()]
  const place = (key: string | symbol): number => {
    const element = Number(key)
    if (Number.isInteger(element) && element >= 0 && element < elements.length) return element
    throw new Error(`${name}[${String(key)}] of ${elements.length} elements`)
  }
  const isOther = (who: Map<number, number>, when: Map<number, number>, element: number): boolean =>
    when.get(element) === now.epoch && who.get(element) !== now.invocation
  return new Proxy(elements, {
    get(_, key) {
      const element = place(key)
      if (isOther(writer, wroteAt, element))
        throw new Error(`${name}[${element}] is read and written without a barrier between`)
      // Of several readers, the first one or any other shows that there is one.
      if (!isOther(reader, readAt, element)) reader.set(element, now.invocation)
      else reader.set(element, -1)
      readAt.set(element, now.epoch)
      onRead(element)
      return elements[element]
    },
    set(_, key, value: number) {
      const element = place(key)
      if (isOther(writer, wroteAt, element)) throw new Error(`${name}[${element}] is written twice`)
      if (isOther(reader, readAt, element))
        throw new Error(`${name}[${element}] is read and written without a barrier between`)
      writer.set(element, now.invocation)
      wroteAt.set(element, now.epoch)
      elements[element] = value
      return true
    },
  })
}

const half =
  (low: number, high: number): ((x: number) => number) =>
  (x) =>
    Number.isNaN(x) ? low : Math.trunc(Math.min(Math.max(x, low), high))

const bits = new DataView(new ArrayBuffer(4))

/** What WGSL has built in, as SwiftShader computes it: NaN is lost in min and max. */
const builtins: Readonly<Record<string, unknown>> = {
  fma: (a: number, b: number, c: number) => Math.fround(a * b + c),
  select: <T>(no: T, yes: T, condition: boolean) => (condition ? yes : no),
  min: (a: number, b: number) => (b < a ? b : a),
  max: (a: number, b: number) => (a < b ? b : a),
  clamp: (x: number, low: number, high: number) => (x < low ? low : x > high ? high : x),
  round: roundHalfToEven,
  abs: Math.abs,
  i32: half(-(2 ** 31), 2147483520),
  u32: (x: number) => x >>> 0,
  f32: Math.fround,
  toBits: (x: number) => x | 0,
  fromBits: (x: number) => {
    bits.setUint32(0, x >>> 0)
    return bits.getFloat32(0)
  },
  signedBits: (word: number, from: number, count: number) =>
    (word << (32 - count - from)) >> (32 - count),
  extractBits: (word: number, from: number, count: number) => (word >>> from) & (2 ** count - 1),
}

interface Translated {
  readonly bindings: readonly Declaration[]
  readonly shared: readonly Declaration[]
  readonly size: number
  readonly source: string
}

const translations = new Map<string, Translated>()

/** The shader as JavaScript: a function that returns the generator of an invocation. */
function translated(code: string): Translated {
  const known = translations.get(code)
  if (known !== undefined) return known
  const declared = (pattern: RegExp): Declaration[] =>
    [...code.matchAll(pattern)].map(([, name, type, length]) => ({
      ...{ name: name!, type: type!, length: Number(length ?? 0) },
    }))
  const bindings = declared(/var<storage, \w+> (\w+): array<([^;]+)>;/g)
  const shared = declared(/var<workgroup> (\w+): array<(\w+), (\d+)>;/g)
  const size = Number(/@workgroup_size\((\d+)\)/.exec(code)![1])
  const lines = code
    .split('\n')
    .filter((line) => !/^(?:struct|@group|@compute|var<workgroup>)/.test(line))
    .join('\n')
  const source = lines
    .replace(/fn isNan.*/, 'function isNan(x) { return Number.isNaN(x); }')
    .replace(/fn signedBits[\s\S]*?\n\}/, '')
    .replace(/fn main\([\s\S]*?\) \{/, 'function* main(groups, rows, invocation) {')
    .replace(
      /fn (\w+)\(([^)]*)\) -> \w+ \{/g,
      (_, name, parameters) => `function ${name}(${parameters.replace(/: \w+/g, '')}) {`,
    )
    .replace(/var<private> (\w+): u32 = 0u;/g, 'let $1 = 0;')
    .replace(/\blet (?=\w+ = )/g, 'const ')
    .replace(/const noBits/, 'let noBits')
    .replace(/\bvar (\w+)(?:: \w+)? = /g, 'let $1 = ')
    .replace(/bitcast<[ui]32>/g, 'toBits')
    .replace(/bitcast<f32>/g, 'fromBits')
    .replace(/\b(0x[\da-f]+|\d+)u\b/g, '$1')
    .replace(/\b([\d.]+(?:e[-+]?\d+)?)f\b/g, '$1')
    .replace(/atomicLoad\(&(b\d+\[[^\]]*\])\)/g, '$1')
    .replace(/atomicAnd\(&(b\d+\[.*\]), (.*)\);/g, '$1 &= $2;')
    .replace(/atomicOr\(&(b\d+\[.*\]), (.*)\);/g, '$1 |= $2;')
    // Division of whole numbers: the library divides by constants.
    .replace(/\b([\w.]+) \/ (\d+)\b(?!\.)/g, 'Math.trunc($1 / $2)')
    .replaceAll('workgroupBarrier();', 'yield;')
  const result = { bindings, shared, size, source: `${source}\nreturn main;` }
  translations.set(code, result)
  return result
}
