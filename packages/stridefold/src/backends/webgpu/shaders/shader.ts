/**
 * Writes the parts of a shader that all steps share: its buffers, how elements are read, written
 * and converted, and the number of each invocation.
 *
 * WGSL has no elements of 8 or 16 bits. Arrays of bytes are words of 32 bits to a shader: a read
 * takes its bits out of a word, a write changes only its own bits, in two atomic operations. So
 * neighbours may be written at the same time, and what lies between elements stays.
 */

import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import { accessesOf } from '../../../program/accesses.ts'
import { type Buffer, isExternal } from '../../../program/program.ts'
import type { Loop, Step } from '../../../program/steps.ts'
import type { Kernel } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'

/** The type in which a shader computes with elements of a dtype. */
export type ValueType = 'f32' | 'i32'

export const valueType = (dtype: DType): ValueType => (dtypes[dtype].integer ? 'i32' : 'f32')

interface Binding {
  readonly name: string
  readonly dtype: DType
  readonly writes: boolean
  readonly origin: string | undefined
}

export interface ShaderOptions {
  readonly workgroupSize: number
  readonly workgroups: number
  readonly form: string
  /** Declarations of memory that the workgroup shares. */
  readonly shared?: readonly string[]
  readonly limits: ShaderLimits
}

const isNarrow = (dtype: DType): boolean => dtypes[dtype].bytes < 4

export class Shader {
  readonly #bindings = new Map<string, Binding>()

  /** The shader of a step in a stage with this grid. */
  static ofStep(step: Step, grid: readonly Loop[], buffers: ReadonlyMap<string, Buffer>): Shader {
    const shader = new Shader()
    for (const { operand, writes } of accessesOf(step, grid)) {
      const { name, dtype, role } = buffers.get(operand.buffer)!
      shader.use(name, dtype, writes, isExternal(role) ? `origins.${role}` : undefined)
    }
    return shader
  }

  /** A buffer that the shader touches. It is writable if any of its uses writes. */
  use(name: string, dtype: DType, writes: boolean, origin?: string): this {
    const known = this.#bindings.get(name)
    this.#bindings.set(name, { name, dtype, writes: writes || known?.writes === true, origin })
    return this
  }

  dtypeOf(buffer: string): DType {
    return this.#bindings.get(buffer)!.dtype
  }

  /** The first part of an address in a buffer: where the array begins, and an offset. */
  start(buffer: string, offset: number): string {
    const { origin } = this.#bindings.get(buffer)!
    if (origin === undefined) return `${offset}`
    return offset === 0 ? origin : `${origin} + ${offset < 0 ? `(${offset})` : offset}`
  }

  /** The element of a buffer, of type `valueType`. */
  load(buffer: string, index: string): string {
    const { dtype, writes } = this.#bindings.get(buffer)!
    const name = this.#nameOf(buffer)
    if (!isNarrow(dtype)) return `${name}[${index}]`
    const { bytes, min } = dtypes[dtype]
    const shift = bytes === 1 ? 2 : 1
    const element = `(${index})`
    const word = `${name}[${element} >> ${shift}u]`
    const value = writes ? `atomicLoad(&${word})` : word
    const bits = `u32(${element} & ${2 ** shift - 1}) * ${8 * bytes}u`
    return min < 0
      ? `signedBits(${value}, ${bits}, ${8 * bytes}u)`
      : `i32(extractBits(${value}, ${bits}, ${8 * bytes}u))`
  }

  /** The statements that write a value of type `from` to an element. */
  store(buffer: string, index: string, value: string, from: ValueType): string[] {
    const { dtype } = this.#bindings.get(buffer)!
    const name = this.#nameOf(buffer)
    const converted = convert(value, from, dtype)
    if (!isNarrow(dtype)) return [`${name}[${index}] = ${converted};`]
    const { bytes } = dtypes[dtype]
    const shift = bytes === 1 ? 2 : 1
    const mask = `${2 ** (8 * bytes) - 1}u`
    return [
      '{',
      `  let at = ${index};`,
      `  let shift = u32(at & ${2 ** shift - 1}) * ${8 * bytes}u;`,
      `  let bits = (bitcast<u32>(${converted}) & ${mask}) << shift;`,
      `  atomicAnd(&${name}[at >> ${shift}u], ~(${mask} << shift));`,
      `  atomicOr(&${name}[at >> ${shift}u], bits);`,
      '}',
    ]
  }

  /**
   * The whole kernel. The body of its function may use `group`, the number of the workgroup, and
   * `local`, that of the invocation in it; both of type i32.
   */
  kernel(body: readonly string[], options: ShaderOptions): Kernel {
    const { workgroupSize, workgroups, form, shared = [], limits } = options
    const names = [...this.#bindings.keys()]
    // A pipeline knows only the buffers that its shader touches.
    const all = [...shared, ...body].join('\n')
    const bindings = [...this.#bindings.values()].filter(({ name }) =>
      new RegExp(`\\bb${names.indexOf(name)}\\b`).test(all),
    )
    const usesOrigins = /\borigins\./.test(all)
    // Rows of workgroups, where one axis of a dispatch does not hold them.
    const isOneRow = workgroups <= limits.workgroups
    const group = isOneRow ? 'i32(groups.x)' : 'i32(groups.y * rows.x + groups.x)'
    const text = [
      ...(usesOrigins ? originLines(bindings.length) : []),
      ...bindings.map(
        ({ name, dtype, writes }, i) =>
          `@group(0) @binding(${i}) var<storage, ${writes ? 'read_write' : 'read'}> ` +
          `b${names.indexOf(name)}: array<${elementType(dtype, writes)}>;`,
      ),
      ...shared,
      ...helpersIn(body),
      `@compute @workgroup_size(${workgroupSize})`,
      'fn main(@builtin(workgroup_id) groups: vec3u, @builtin(num_workgroups) rows: vec3u,',
      '    @builtin(local_invocation_index) invocation: u32) {',
      `  let group = ${group};`,
      '  let local = i32(invocation);',
      // The last row may have more workgroups than there are.
      ...(isOneRow ? [] : [`  if (group >= ${workgroups}) { return; }`]),
      ...body.map((line) => `  ${line}`),
      '}',
    ]
    const buffers = bindings.map(({ name }) => name)
    return { code: `${text.join('\n')}\n`, buffers, usesOrigins, workgroups, form }
  }

  #nameOf(buffer: string): string {
    return `b${[...this.#bindings.keys()].indexOf(buffer)}`
  }
}

/** The roles of the caller's arrays, in the order in which their origins stand in memory. */
export const originRoles = ['input', 'kernel', 'bias', 'addend', 'output'] as const

const originLines = (binding: number): string[] => [
  `struct Origins { ${originRoles.map((role) => `${role}: i32`).join(', ')} }`,
  `@group(0) @binding(${binding}) var<uniform> origins: Origins;`,
]

const elementType = (dtype: DType, writes: boolean): string =>
  dtype === 'float32' ? 'f32' : !isNarrow(dtype) ? 'i32' : writes ? 'atomic<u32>' : 'u32'

/**
 * A value converted to a dtype: half to even, saturating, and NaN to 0 for integers. The result has
 * the type `valueType` of the dtype.
 */
export function convert(value: string, from: ValueType, dtype: DType): string {
  const to = valueType(dtype)
  if (to === 'f32') return from === 'f32' ? value : `f32(${value})`
  const { min, max } = dtypes[dtype]
  if (from === 'i32') return dtype === 'int32' ? value : `clamp(${value}, ${min}, ${max})`
  return dtype === 'int32' ? `toInteger(${value})` : `toSmallInteger(${value}, ${min}.0, ${max}.0)`
}

/** A number as WGSL of type f32. The numbers that are not finite have no literal. */
export function float(value: number): string {
  if (Number.isNaN(value)) return 'special(0x7fc00000u)'
  if (value === Infinity) return 'special(0x7f800000u)'
  if (value === -Infinity) return 'special(0xff800000u)'
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return float(single)
  const isNegative = single < 0 || Object.is(single, -0)
  return isNegative ? `(-${-single}f)` : `${single}f`
}

/** Functions that a body may call. WGSL compilers may assume that no number is NaN: bits say it. */
const helpers: Readonly<Record<string, string>> = {
  signedBits: [
    'fn signedBits(word: u32, first: u32, count: u32) -> i32 {',
    '  return extractBits(bitcast<i32>(word), first, count);',
    '}',
  ].join('\n'),
  isNan: 'fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }',
  toSmallInteger: [
    'fn toSmallInteger(x: f32, low: f32, high: f32) -> i32 {',
    '  return select(i32(round(clamp(x, low, high))), 0, isNan(x));',
    '}',
  ].join('\n'),
  toInteger: [
    'fn toInteger(x: f32) -> i32 {',
    '  let inside = i32(round(clamp(x, -2147483648.0, 2147483520.0)));',
    '  return select(select(inside, 2147483647, x >= 2147483648.0), 0, isNan(x));',
    '}',
  ].join('\n'),
  special: [
    // Not a constant: a constant expression must be finite.
    'var<private> noBits: u32 = 0u;',
    'fn special(bits: u32) -> f32 { return bitcast<f32>(bits | noBits); }',
  ].join('\n'),
  largest: [
    'fn largest(x: f32, y: f32) -> f32 {',
    '  return select(select(max(x, y), y, isNan(y)), x, isNan(x));',
    '}',
  ].join('\n'),
  exponential: [
    // exp() of WGSL may be wrong in the last five bits, and forgets NaN.
    // x = n · log 2 + r, |r| < 0.35.
    'fn exponential(x: f32) -> f32 {',
    '  let n = round(clamp(x, -87.0, 88.0) * 1.4426950408889634);',
    '  let r = fma(n, -0.693359375, clamp(x, -87.0, 88.0)) + n * 2.12194440e-4;',
    '  let p = fma(fma(fma(fma(fma(1.9875691500e-4, r, 1.3981999507e-3), r, 8.3334519073e-3), r,',
    '    4.1665795894e-2), r, 1.6666665459e-1), r, 0.5);',
    '  let value = fma(p * r, r, r) + 1.0;',
    '  return value * bitcast<f32>((i32(n) + 127) << 23u);',
    '}',
  ].join('\n'),
  sigmoid: [
    'fn sigmoid(x: f32) -> f32 {',
    '  return select(1.0 / (1.0 + exponential(-x)), x, isNan(x));',
    '}',
  ].join('\n'),
  leaky: 'fn leaky(x: f32, slope: f32) -> f32 { return select(x, x * slope, x < 0.0); }',
  hyperbolicTangent: [
    // tanh() of WGSL may be wrong by 1e-5, and may overflow.
    'fn hyperbolicTangent(x: f32) -> f32 {',
    '  let size = 1.0 - 2.0 / (exponential(2.0 * min(abs(x), 20.0)) + 1.0);',
    '  return select(select(size, -size, x < 0.0), x, isNan(x));',
    '}',
  ].join('\n'),
  clamped: [
    'fn clamped(x: f32, low: f32, high: f32) -> f32 {',
    '  return select(min(max(x, low), high), x, isNan(x));',
    '}',
  ].join('\n'),
}

/** The helpers that a body calls, and those that these call. */
function helpersIn(body: readonly string[]): string[] {
  const found = new Set<string>()
  const search = (text: string): void => {
    for (const [name, code] of Object.entries(helpers)) {
      if (found.has(name) || !text.includes(`${name}(`)) continue
      search(code.replace(`fn ${name}(`, ''))
      found.add(name)
    }
  }
  for (const line of body) search(line)
  return [...found].map((name) => helpers[name]!)
}
