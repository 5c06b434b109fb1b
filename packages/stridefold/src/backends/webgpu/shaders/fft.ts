/**
 * The shaders of a transform (Stockham): passes of small radix over all points. Each pass takes
 * points that lie far apart, transforms them together, and puts them where the next pass expects
 * them; so no pass reorders. Frequencies end in natural order.
 *
 *   pass of radix r, after passes of product l, j < n / r, k = j mod l:
 *     t_q = x[j + q·n/r] · e^(∓2πi·k·q / (l·r))
 *     y[(j − k)·r + k + f·l] = Σ_q t_q · e^(∓2πi·f·q / r)
 *
 * A transform that fits in the memory of a workgroup is read and written once. A longer one makes
 * a pass over memory for each radix.
 *
 * Source: C. Van Loan: Computational Frameworks for the Fast Fourier Transform, 1992, section 1.7.
 */

import { turn } from '../../../ndarray/elementary.ts'
import type { Buffer } from '../../../program/program.ts'
import type { Fft, Loop, Operand } from '../../../program/steps.ts'
import { invocationsOf } from './invocations.ts'
import type { Kernel, Kernels, Table } from './kernel.ts'
import type { ShaderLimits } from './limits.ts'
import {
  indented,
  indexLines,
  integer,
  iterations,
  resultNest,
  type StridedLoop,
  sumText,
  termsOf,
} from './nest.ts'
import { float, Shader } from './shader.ts'

/** Radices, in the order in which they are tried: 4 has the fewest operations per point. */
const radices = [4, 2, 3, 5, 7, 11, 13] as const

const largestRadix: number = radices.at(-1)!

/** The radices of the passes; undefined if a prime factor is too large. */
export function passesOf(points: number): number[] | undefined {
  const passes: number[] = []
  let rest = points
  for (const radix of radices) for (; rest % radix === 0; rest /= radix) passes.push(radix)
  return rest === 1 ? passes : undefined
}

/** The reason why there is no shader for so many points. */
export const unsupportedPoints = (points: number): string | undefined =>
  passesOf(points) === undefined
    ? `a transform of ${points} points has a prime factor above ${largestRadix}`
    : undefined

/** Real and imaginary parts of a point in shared memory. */
const pointBytes = 8

export function fftKernels(
  step: Fft,
  grid: readonly Loop[],
  buffers: ReadonlyMap<string, Buffer>,
  limits: ShaderLimits,
): Kernels {
  const { points, re, im } = step
  const passes = passesOf(points)!
  const loops = [...grid, ...step.loops]
  const nest = resultNest(loops, [re.strides.slice(0, -1), im.strides.slice(0, -1)])
  const roots = rootsTable(points)
  const transforms: Transforms = { step, grid, buffers, limits, nest, passes, roots }
  const inWorkgroup = points * pointBytes <= limits.workgroupBytes
  if (points === 1) return { kernels: [], tables: [], scratch: [] }
  return inWorkgroup ? workgroupKernel(transforms) : memoryKernels(transforms)
}

interface Transforms {
  readonly step: Fft
  readonly grid: readonly Loop[]
  readonly buffers: ReadonlyMap<string, Buffer>
  readonly limits: ShaderLimits
  readonly nest: readonly StridedLoop[]
  readonly passes: readonly number[]
  readonly roots: Table
}

/** e^(−2πi·j/points): cosine and sine of each. Rounded once. */
function rootsTable(points: number): Table {
  const values = new Float32Array(2 * points)
  for (let j = 0; j < points; j++) {
    const { cosine, sine } = turn(-j, points)
    values[2 * j] = cosine
    values[2 * j + 1] = sine
  }
  return { name: `roots ${points}`, values }
}

/** Invocations of a workgroup, at least. */
const usualInvocations = 64

/** All passes of a transform in one workgroup. Short transforms share a workgroup. */
function workgroupKernel({
  step,
  grid,
  buffers,
  limits,
  nest,
  passes,
  roots,
}: Transforms): Kernels {
  const { points, re, im, direction } = step
  const count = iterations(nest)
  const butterflies = points / Math.max(...passes)
  const each = Math.min(limits.invocations, Math.max(1, butterflies))
  const together = Math.max(
    1,
    Math.min(
      Math.floor(usualInvocations / each),
      Math.floor(limits.workgroupBytes / (points * pointBytes)),
      count,
    ),
  )
  const size = each * together
  const shader = Shader.ofStep(step, grid, buffers).use(roots.name, 'float32', false)
  const { lines, indices } = indexLines(nest, 'number', 'i')
  const startOf = ({ buffer, offset }: Operand, sequence: number): string =>
    sumText(shader.start(buffer, offset), termsOf(nest, indices, sequence))
  const [reStride, imStride] = [re.strides.at(-1)!, im.strides.at(-1)!]
  // Invocations behind the last transform only take part in the barriers.
  const isFull = count % together === 0
  const copies = (body: (point: string) => string[]): string[] =>
    timesFor(points, each, 'lane', 'point', body)
  const body = [
    `let lane = local % ${each};`,
    `let place = local / ${each} * ${points};`,
    `let wanted = group * ${together} + local / ${each};`,
    isFull ? 'let number = wanted;' : `let number = min(wanted, ${count - 1});`,
    ...lines,
    `let reStart = ${startOf(re, 0)};`,
    `let imStart = ${startOf(im, 1)};`,
    ...(isFull ? [] : [`if (wanted < ${count}) {`]),
    ...copies((point) => [
      `res[place + ${point}] = ${shader.load(re.buffer, `reStart + ${point} * ${integer(reStride)}`)};`,
      `ims[place + ${point}] = ${shader.load(im.buffer, `imStart + ${point} * ${integer(imStride)}`)};`,
    ]),
    ...(isFull ? [] : ['}']),
    'workgroupBarrier();',
    ...passLines(points, passes, each, direction, (index) => shader.load(roots.name, index)),
    ...(isFull ? [] : [`if (wanted < ${count}) {`]),
    ...copies((point) => [
      ...shader.store(
        re.buffer,
        `reStart + ${point} * ${integer(reStride)}`,
        `res[place + ${point}]`,
        'f32',
      ),
      ...shader.store(
        im.buffer,
        `imStart + ${point} * ${integer(imStride)}`,
        `ims[place + ${point}]`,
        'f32',
      ),
    ]),
    ...(isFull ? [] : ['}']),
  ]
  const kernel = shader.kernel(body, {
    workgroupSize: size,
    workgroups: Math.ceil(count / together),
    form: `${together} transform${together === 1 ? '' : 's'} per workgroup, radix ${passes.join('·')}`,
    shared: [
      `var<workgroup> res: array<f32, ${together * points}>;`,
      `var<workgroup> ims: array<f32, ${together * points}>;`,
    ],
    limits,
  })
  return { kernels: [kernel], tables: [roots], scratch: [] }
}

/** A body for each of `count` numbers, shared by `each` invocations. */
function timesFor(
  count: number,
  each: number,
  lane: string,
  name: string,
  body: (index: string) => string[],
): string[] {
  return [
    `for (var ${name} = ${lane}; ${name} < ${count}; ${name} += ${each}) {`,
    ...body(name).map(indented),
    '}',
  ]
}

/** The passes in shared memory. Every invocation reads all its points before any is written. */
function passLines(
  points: number,
  passes: readonly number[],
  each: number,
  direction: Fft['direction'],
  root: (index: string) => string,
): string[] {
  let done = 1
  return passes.flatMap((radix, p) => {
    const butterflies = points / radix
    const rounds = Math.ceil(butterflies / each)
    const range = [...new Array(rounds).keys()]
    const name = (round: number): string => `p${p}_${round}`
    const exists = (round: number): string | undefined =>
      (round + 1) * each <= butterflies ? undefined : `${name(round)} < ${butterflies}`
    const reads = range.flatMap((round) => {
      const j = name(round)
      const from = (q: number): string => `place + ${j} + ${q * butterflies}`
      const guarded = exists(round)
      const index =
        guarded === undefined ? from : (q: number) => `select(0, ${from(q)}, ${guarded})`
      return [
        `let ${j} = lane + ${round * each};`,
        `let ${j}k = ${j} % ${done};`,
        ...butterflyLines({
          ...{ prefix: j, radix, points, done, direction, root, k: `${j}k` },
          load: (q) => [`res[${index(q)}]`, `ims[${index(q)}]`],
        }),
      ]
    })
    const writes = range.flatMap((round) => {
      const j = name(round)
      const lines = [...new Array(radix).keys()].flatMap((f) => {
        const at = `place + (${j} - ${j}k) * ${radix} + ${j}k + ${f * done}`
        return [`res[${at}] = ${j}re${f};`, `ims[${at}] = ${j}im${f};`]
      })
      const guarded = exists(round)
      return guarded === undefined ? lines : [`if (${guarded}) {`, ...lines.map(indented), '}']
    })
    done *= radix
    return [...reads, 'workgroupBarrier();', ...writes, 'workgroupBarrier();']
  })
}

interface Butterfly {
  readonly prefix: string
  readonly radix: number
  readonly points: number
  /** The product of the radices of all passes before. */
  readonly done: number
  readonly direction: Fft['direction']
  /** j mod done, as WGSL. */
  readonly k: string
  /** An element of the table of roots. */
  readonly root: (index: string) => string
  /** Real and imaginary part of point q of the butterfly. */
  readonly load: (q: number) => readonly [string, string]
}

/** Reads the points of a butterfly, and transforms them into `…re0`, `…im0`, `…re1`, … */
function butterflyLines(butterfly: Butterfly): string[] {
  const { prefix: p, radix, points, done, direction, k, root, load } = butterfly
  const sign = direction === 'forward' ? '' : '-'
  const lines: string[] = []
  for (let q = 0; q < radix; q++) {
    const [re, im] = load(q)
    if (q === 0 || done === 1) {
      lines.push(`let ${p}x${q} = ${re};`, `let ${p}y${q} = ${im};`)
      continue
    }
    const at = `${k} * ${(2 * q * points) / (done * radix)}`
    lines.push(
      `let ${p}a${q} = ${re};`,
      `let ${p}b${q} = ${im};`,
      `let ${p}c${q} = ${root(at)};`,
      `let ${p}s${q} = ${sign}${root(`${at} + 1`)};`,
      `let ${p}x${q} = ${p}a${q} * ${p}c${q} - ${p}b${q} * ${p}s${q};`,
      `let ${p}y${q} = ${p}a${q} * ${p}s${q} + ${p}b${q} * ${p}c${q};`,
    )
  }
  return [...lines, ...smallTransform(p, radix, direction)]
}

/** The transform of `…x0`, `…y0`, … as a sum with constants; that of 2 and 4 points needs none. */
function smallTransform(p: string, radix: number, direction: Fft['direction']): string[] {
  if (radix === 2)
    return ['x', 'y'].flatMap((part) => {
      const to = part === 'x' ? 're' : 'im'
      return [
        `let ${p}${to}0 = ${p}${part}0 + ${p}${part}1;`,
        `let ${p}${to}1 = ${p}${part}0 - ${p}${part}1;`,
      ]
    })
  if (radix === 4) {
    const [plus, minus] = direction === 'forward' ? ['+', '-'] : ['-', '+']
    return [
      ...['x', 'y'].flatMap((part) => [
        `let ${p}e${part} = ${p}${part}0 + ${p}${part}2;`,
        `let ${p}f${part} = ${p}${part}0 - ${p}${part}2;`,
        `let ${p}g${part} = ${p}${part}1 + ${p}${part}3;`,
        `let ${p}h${part} = ${p}${part}1 - ${p}${part}3;`,
      ]),
      `let ${p}re0 = ${p}ex + ${p}gx;`,
      `let ${p}im0 = ${p}ey + ${p}gy;`,
      `let ${p}re1 = ${p}fx ${plus} ${p}hy;`,
      `let ${p}im1 = ${p}fy ${minus} ${p}hx;`,
      `let ${p}re2 = ${p}ex - ${p}gx;`,
      `let ${p}im2 = ${p}ey - ${p}gy;`,
      `let ${p}re3 = ${p}fx ${minus} ${p}hy;`,
      `let ${p}im3 = ${p}fy ${plus} ${p}hx;`,
    ]
  }
  const lines: string[] = []
  for (let f = 0; f < radix; f++) {
    const [re, im] = [[`${p}x0`], [`${p}y0`]]
    for (let q = 1; q < radix; q++) {
      const { cosine, sine } = turn(direction === 'forward' ? -f * q : f * q, radix)
      re.push(`${p}x${q} * ${float(cosine)}`, `${p}y${q} * ${float(-sine)}`)
      im.push(`${p}x${q} * ${float(sine)}`, `${p}y${q} * ${float(cosine)}`)
    }
    lines.push(`let ${p}re${f} = ${re.join(' + ')};`, `let ${p}im${f} = ${im.join(' + ')};`)
  }
  return lines
}

/** One kernel per pass, through a buffer with a place for every transform, and back. */
function memoryKernels({ step, grid, buffers, limits, nest, passes, roots }: Transforms): Kernels {
  const { points, re, im, direction } = step
  const count = iterations(nest)
  const places: StridedLoop[] = nest.map((loop, l) => ({
    extent: loop.extent,
    strides: [2 * points * iterations(nest.slice(l + 1))],
  }))
  const name = `transforms of ${count}×${points}`
  let done = 1
  const kernel = (radix: number, fromTarget: boolean, toTarget: boolean): Kernel => {
    const shader = fromTarget || toTarget ? Shader.ofStep(step, grid, buffers) : new Shader()
    shader.use(roots.name, 'float32', false).use(name, 'float32', true)
    const all = [...nest, { extent: points / radix, strides: [1, 1] }]
    const { lines, indices, workgroups, workgroupSize } = invocationsOf(all, limits)
    const j = indices.at(-1)!
    const start = ({ buffer, offset }: Operand, sequence: number): string =>
      sumText(shader.start(buffer, offset), termsOf(nest, indices, sequence))
    const place = sumText(0, termsOf(places, indices, 0))
    const [reStride, imStride] = [re.strides.at(-1)!, im.strides.at(-1)!]
    const addresses = (inTarget: boolean, point: string): readonly [string, string] =>
      inTarget
        ? [
            `reStart + (${point}) * ${integer(reStride)}`,
            `imStart + (${point}) * ${integer(imStride)}`,
          ]
        : [`place + ${point}`, `place + ${points} + ${point}`]
    const load = (q: number): readonly [string, string] => {
      const [x, y] = addresses(fromTarget, `j + ${(q * points) / radix}`)
      return fromTarget
        ? [shader.load(re.buffer, x), shader.load(im.buffer, y)]
        : [shader.load(name, x), shader.load(name, y)]
    }
    const body = [
      ...lines,
      `let j = ${j};`,
      `let k = j % ${done};`,
      `let place = ${place};`,
      ...(fromTarget || toTarget
        ? [`let reStart = ${start(re, 0)};`, `let imStart = ${start(im, 1)};`]
        : []),
      ...butterflyLines({
        ...{ prefix: 'z', radix, points, done, direction, k: 'k', load },
        root: (index) => shader.load(roots.name, index),
      }),
      ...[...new Array(radix).keys()].flatMap((f) => {
        const [x, y] = addresses(toTarget, `(j - k) * ${radix} + k + ${f * done}`)
        return [
          ...shader.store(toTarget ? re.buffer : name, x, `zre${f}`, 'f32'),
          ...shader.store(toTarget ? im.buffer : name, y, `zim${f}`, 'f32'),
        ]
      }),
    ]
    done *= radix
    const form = `a pass of radix ${radix} over memory`
    return shader.kernel(body, { workgroupSize, workgroups, form, limits })
  }
  // A pass reads one of the two places and writes the other. A last copy brings back an odd number.
  const all = passes.length % 2 === 0 ? passes : [...passes, 1]
  const kernels = all.map((radix, p) => kernel(radix, p % 2 === 0, p % 2 === 1))
  return { kernels, tables: [roots], scratch: [{ name, length: 2 * points * count }] }
}
