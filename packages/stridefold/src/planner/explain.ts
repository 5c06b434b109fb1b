/**
 * A plan as text: the problem, the choice and its reason, the cost or the reason of every other
 * algorithm, and the stages of the program.
 */

import { weightsOrReason } from '../algorithms/integers.ts'
import { reductionForms } from '../algorithms/reduction.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import { dtypes } from '../ndarray/dtype.ts'
import type { Candidate, Decision, FallbackCondition } from './decision.ts'
import { formatTime } from './reason.ts'
import { type PlanStage, stagesOf } from './stages.ts'

/** How asynchronous calls are computed where workers share no memory. */
export interface Elsewhere {
  readonly decision: Decision
  /** The bytes of each worker. */
  readonly workspaceBytes: number
}

/** What does not follow from the decision. */
export interface Surroundings {
  readonly elsewhere: Elsewhere | undefined
  /** Why the GPU computes it, or why not. */
  readonly webgpu: string
}

export function explainDecision(
  g: ConvGeometry,
  decision: Decision,
  candidates: readonly Candidate[],
  workspaceBytes: number,
  { elsewhere, webgpu }: Surroundings,
): string {
  const products = g.axes.reduce(
    (n, axis) => n * axis.output * axis.kernel,
    (g.batch * g.filters * g.channels) / g.groups,
  )
  const { padAdjoints } = decision.descriptors
  const addedUp =
    padAdjoints === undefined
      ? ''
      : `, added up to ${[g.batch, g.filters, ...padAdjoints.map((a) => a.extent)].join('×')}`
  const lines = [
    g.key,
    `output ${canonicalShapes(g).output.join('×')}${addedUp}, ` +
      `${formatCount(products)} products by the definition`,
    `chosen: ${decision.reason}`,
    `workspace: ${formatCount(workspaceBytes)} bytes`,
    `boxes: ${boxesText(decision)}`,
    `threads: ${decision.threads.count} (${decision.threads.why})`,
    `webgpu: ${webgpu}`,
    ...integerLines(g, decision.descriptors),
    ...(elsewhere === undefined ? [] : [`asynchronous calls: ${elsewhereText(elsewhere)}`]),
    '',
    ...candidates.map((candidate) => candidateLine(candidate, decision)),
    '',
    ...stagesOf(decision.program).map(stageLine),
    ...fallbackLines(decision),
  ]
  return lines.join('\n')
}

/** How bytes and shorts with an integer result are summed, or why as floats. */
function integerLines(g: ConvGeometry, descriptors: OperandDescriptors): string[] {
  const { input, output } = descriptors
  if (!dtypes[input.dtype].integer || !dtypes[output.dtype].integer) return []
  const { unit: _, ...plain } = descriptors
  const isCut = Object.keys(reductionForms(g)).length > 0
  const weights = isCut ? 'its few sums are cut into parts' : weightsOrReason(g, plain)
  if (typeof weights === 'string') return [`integers: summed as floats, because ${weights}`]
  const { pairs, type } = weights
  return [`integers: ${pairs === undefined ? 'sums' : `pairs of ${pairs}`} in ${type}, by strided`]
}

/** Where the problem may be cut, and the boxes in which it runs. */
function boxesText({ form, cut }: Decision): string {
  if (!form.cutKeepsBits) return `none: ${form.why}`
  const { batch, filters, outputs } = form.quantum
  const results = cut && [cut.batch, cut.box.geometry.filters, ...cut.outputs].join('×')
  const runs =
    cut === undefined
      ? 'one, the whole problem'
      : `${formatCount(cut.boxes)}, of ${results} results`
  const steps = outputs.map((n) => (Number.isFinite(n) ? n : 'the whole axis')).join('×')
  return `${runs}; they may begin at multiples of ${[batch, filters, steps].join('×')}`
}

/** The boxes of asynchronous calls, and who computes them. */
function elsewhereText({ decision: { cut, threads }, workspaceBytes }: Elsewhere): string {
  const { remote, workers } = threads
  if (remote === 'none') return 'on the calling thread, because boxes do not fit memoryLimit'
  const boxes = cut === undefined ? 'the whole problem at once' : `${formatCount(cut.boxes)} boxes`
  const sizes = cut && `, of ${[cut.batch, cut.box.geometry.filters, ...cut.outputs].join('×')}`
  const where =
    remote === 'turns'
      ? 'on the calling thread, each in a turn of the event loop'
      : `by transfer to ${workers === 1 ? 'a worker' : `${workers} workers`}`
  return `${boxes}${sizes ?? ''} ${where}, ${formatCount(workspaceBytes)} bytes each`
}

function stageLine({ name, prepare, flops, bytesRead, bytesWritten }: PlanStage): string {
  const work = flops === 0 ? '' : `${formatCount(flops)} flops, `
  const once = prepare ? ' (once for a kernel)' : ''
  const bytes = `${formatCount(bytesRead)} bytes read, ${formatCount(bytesWritten)} written`
  return `stage: ${name}${once}: ${work}${bytes}`
}

/** When another program runs, and which. */
function fallbackLines({ fallback, program }: Decision): string[] {
  if (fallback === undefined) return []
  const guards = program.buffers.filter(({ role }) => role === 'guard').map(({ name }) => name)
  const named = guards.length > 3 ? [guards[0], '…', guards.at(-1)] : guards
  const texts: Readonly<Record<FallbackCondition, string>> = {
    guard: `guard ${named.join(', ')} is not 0 after the run`,
    input: 'the input has a value that is not finite, or 2¹⁰⁰ or more',
    kernel: 'the kernel has a value that is not finite, or 2¹⁰⁰ or more',
  }
  return fallback.when.map((condition) => `fallback: ${fallback.algorithm} if ${texts[condition]}`)
}

function candidateLine(candidate: Candidate, { algorithm, measured }: Decision): string {
  const name = `${candidate.algorithm === algorithm ? '→' : ' '} ${candidate.algorithm.padEnd(10)}`
  if (candidate.refused !== undefined) return `${name} cannot run: ${candidate.refused}`
  const bytes = formatCount(candidate.workspaceBytes)
  const time = measured?.milliseconds[candidate.algorithm]
  const note =
    time !== undefined
      ? `  (measured ${formatTime(time)})`
      : candidate.considered
        ? ''
        : '  (not considered)'
  return (
    `${name} ${formatTime(candidate.milliseconds).padStart(9)}  ` +
    `${(candidate.flops / 1e6).toFixed(2)} Mflop  ${bytes} bytes of workspace${note}`
  )
}

/**
 * 1234567 as 1,234,567. (`toLocaleString` would load the locale tables of the engine: 8 MB in Node
 * 20.)
 */
const formatCount = (count: number): string =>
  String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
