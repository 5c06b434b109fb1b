/**
 * How is a problem computed where workers cannot share memory? In boxes that go to workers by
 * transfer, each with the samples that it reads. The form stays, so the bits do. A problem that
 * cannot be cut goes to one worker whole. Where no worker can start, the boxes are computed by the
 * caller, each in a turn of the event loop.
 *
 * A box is small enough to be aborted soon, and to be copied between two frames of a page. It is
 * large enough to be worth a message. There are enough of them for all workers.
 */

import type { OperandDescriptors, OperandLayout } from '../geometry/operands.ts'
import { type MemorySpan, wordBytes } from '../ndarray/memory.ts'
import type { Work } from '../ndarray/work.ts'
import type { OperandSpans, Problem } from '../problem/problem.ts'
import type { BackendDescription, ExternalLayouts } from '../program/backend.ts'
import { type BoxSizes, bytesOfBox, bytesPerElement } from './box-sizes.ts'
import { algorithmNamed } from './boxes.ts'
import { boxSpans, type Cut, compileOptions, cutOf } from './cut.ts'
import type { Decision } from './decision.ts'
import { cutProgram, serialTime } from './larger-boxes.ts'

/** The work of a box in milliseconds: for a worker, and for the thread of the caller. */
const boxWork = { worker: 8, caller: 4 }

/** The samples and results of a box, in bytes: a copy of them takes 2 ms. */
const boxBytes = 2 ** 22

/** So many boxes for each worker, if there is work enough. */
const boxesPerWorker = 4

/** Less work than this is not worth a box, in milliseconds. */
const minBoxWork = 1

/** A box has so many outputs along an axis for each sample that its windows overlap. */
const perOverlap = 2

/** Boxes that a worker has at once. */
const boxesAtOnce = 2

/** Smaller boxes are tried if these parts of their size are needed to fit `memoryLimit`. */
const smallerParts = [1, 4, 16, 64]

/** The decision with boxes for workers. Not remote if they need more than `memoryLimit` allows. */
export function* forTransfer(
  decision: Decision,
  problem: Problem,
  backend: BackendDescription,
): Work<Decision> {
  const { memoryLimit } = problem.options
  const { threads } = decision
  for (const part of memoryLimit === Infinity ? [1] : smallerParts) {
    const boxes = yield* withBoxes(decision, boxBytes / part, problem, backend)
    const each = memoryLimit === Infinity ? 0 : bytesPerWorker(boxes, problem, backend)
    const workers = Math.min(threads.workers, Math.floor(memoryLimit / each))
    if (workers >= 1) return { ...boxes, threads: { ...threads, workers } }
  }
  return { ...decision, threads: { ...threads, remote: 'none', workers: 0 } }
}

/** The bytes of the memory of a worker, and of the buffers of its boxes. */
export function bytesPerWorker(
  { program, cut, threads, descriptors }: Decision,
  problem: Problem,
  backend: BackendDescription,
): number {
  const spans = transferSpans(problem, cut)
  const options = compileOptions({ threads }, problem)
  const { input, output } = transferBytes(spans, cut?.box.descriptors ?? descriptors)
  return backend.workspaceBytes(program, spans, options) + boxesAtOnce * (input + output)
}

/** The bytes of the buffers of a box. A span may begin anywhere in a word. */
export function transferBytes(
  { input, output }: ExternalLayouts,
  descriptors: OperandDescriptors,
): { readonly input: number; readonly output: number } {
  const bytes = (span: number, layout: OperandLayout): number =>
    span === 0 ? 0 : span * bytesPerElement(layout) + wordBytes
  return {
    input: bytes(input!.span, descriptors.input),
    output: bytes(output!.span, descriptors.output),
  }
}

/** How the arrays of a box lie for a worker: in no memory that it shares. */
export function transferSpans({ spans }: Problem, cut: Cut | undefined): ExternalLayouts {
  const { input, kernel, bias, output } = cut === undefined ? spans : boxSpans(spans, cut)
  return {
    ...{ input: elsewhere(input!), kernel: elsewhere(kernel!), output: elsewhere(output!) },
    ...(bias && { bias: elsewhere(bias) }),
  }
}

const elsewhere = ({ span, lowest }: MemorySpan): MemorySpan => ({
  ...{ span, lowest, inBackendMemory: false },
})

/** The decision with boxes of at most about so many bytes, if the problem can be cut. */
function* withBoxes(
  decision: Decision,
  mostBytes: number,
  problem: Problem,
  backend: BackendDescription,
): Work<Decision> {
  const { form, descriptors } = decision
  if (!form.cutKeepsBits) return decision
  const algorithm = algorithmNamed(decision.algorithm)
  const cut = cutOf(
    { ...problem, descriptors, spans: spansElsewhere(problem) },
    algorithm,
    form.tiles,
    yield* sizesOf(decision, mostBytes, problem, backend),
  )
  if (cut === undefined && decision.cut === undefined) return decision
  yield
  return { ...decision, program: yield* cutProgram(decision, form, cut, problem, backend), cut }
}

const spansElsewhere = ({ spans: { input, kernel, bias, output } }: Problem): OperandSpans => ({
  ...{ input: elsewhere(input), kernel: elsewhere(kernel), output: elsewhere(output) },
  ...(bias && { bias: elsewhere(bias) }),
})

function* sizesOf(
  decision: Decision,
  mostBytes: number,
  problem: Problem,
  backend: BackendDescription,
): Work<BoxSizes> {
  const { geometry: g } = problem
  const { remote, workers } = decision.threads
  const { stages } = yield* serialTime(decision, problem, backend)
  const work = stages.reduce((sum, time) => sum + time, 0)
  const ofBox = remote === 'turns' ? boxWork.caller : boxWork.worker
  const boxes = Math.min(work / minBoxWork, Math.max(work / ofBox, workers * boxesPerWorker))
  const outputs = g.axes.map((axis) => axis.output)
  const bytes = bytesOfBox(g, decision.descriptors, { batch: g.batch, outputs })
  const target = bytes / Math.max(1, boxes, bytes / mostBytes)
  return { target, most: Math.max(target, 4 * mostBytes), smallest: 0, perOverlap }
}
