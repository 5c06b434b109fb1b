/**
 * Runs a network several times and measures each operation, and each part of an operation with a
 * plan.
 */

import { type Machine, machine, median, timeOnce } from '@stridefold/measure'
import type { NdArray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { Budget } from './bounds.ts'
import { fuse } from './fuse.ts'
import { type Graph, printableName } from './graph.ts'
import { buildStep } from './operations.ts'
import type { Part, Step } from './step.ts'

export interface ProfileRow {
  readonly name: string
  readonly op: string
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly algorithm: string
  readonly decision: string
  /** Median of one run, and its share of the total. */
  readonly milliseconds: number
  readonly share: number
  readonly predictedMs: number | undefined
  readonly flops: number
  readonly bytes: number
  readonly parts: readonly Part[]
}

/** An operation of the last run, for a trace. */
export interface Event {
  readonly name: string
  readonly start: number
  readonly milliseconds: number
  readonly parts: readonly Part[]
}

export interface Profile {
  readonly machine: Machine
  readonly network: string
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly runs: number
  readonly rows: readonly ProfileRow[]
  readonly milliseconds: number
  readonly flops: number
  readonly bytes: number
  readonly parameters: number
  /** `values` is missing if there are more than `maxValues`. */
  readonly output: { readonly shape: readonly number[]; readonly values?: readonly number[] }
  readonly classes: readonly string[] | undefined
}

/** Largest number of result values in the output. */
const maxValues = 2 ** 20

/** Profiles a network. The first run plans and prepares; it is not measured. */
export function profileModel(
  graph: Graph,
  inputs: ReadonlyMap<string, NdArray>,
  runs: number,
  progress: (share: number, what: string) => void,
  budget: Budget = new Budget(),
): { profile: Profile; events: Event[] } {
  const about = machine()
  for (const [name, { shape, data }] of graph.constants)
    budget.take(name, shape, data.BYTES_PER_ELEMENT)
  const { operations, constants, output } = fuse(graph)
  const values = new Map<string, NdArray>([...constants, ...inputs])
  const others = new Map(
    operations.flatMap((operation) =>
      operation.others.map((name, i) => [name, { operation, i: i + 1 }]),
    ),
  )
  const valueNamed = (name: string): NdArray => {
    const value = values.get(name)
    if (value !== undefined) return value
    const other = others.get(name)
    throw inputError(
      other === undefined
        ? `${printableName(graph.name)}: '${printableName(name)}' is used before it is computed.`
        : `${printableName(graph.name)}: '${printableName(name)}' is result ${other.i} of ` +
            `${printableName(other.operation.name)}, and only result 0 is computed here.`,
    )
  }
  // An omitted optional input has no name.
  const inputsOf = (names: readonly string[]): NdArray[] =>
    names.map((name) => (name === '' ? (undefined as never) : valueNamed(name)))
  const steps: Step[] = operations.map((operation, i) => {
    progress(i / operations.length / 4, printableName(operation.name))
    const inputs = inputsOf(operation.inputs)
    const step = buildStep(operation, inputs, graph.opset, budget)
    values.set(operation.output, step.run(inputs).output)
    return step
  })
  const runSamples: { milliseconds: number; parts: readonly Part[] }[][] = operations.map(() => [])
  let events: Event[] = []
  for (let run = 0; run < runs; run++) {
    progress(0.25 + (0.75 * run) / runs, `run ${run + 1} of ${runs}`)
    events = operations.map((operation, i) => {
      const inputs = inputsOf(operation.inputs)
      const { result, start, milliseconds } = timeOnce(() => steps[i]!.run(inputs))
      const { output: value, parts } = result
      values.set(operation.output, value)
      runSamples[i]!.push({ milliseconds, parts })
      return { name: operation.name, start, milliseconds, parts }
    })
  }
  const medians = runSamples.map((samples) =>
    median(samples.map(({ milliseconds }) => milliseconds)),
  )
  const total = medians.reduce((sum, ms) => sum + ms, 0)
  const rows = operations.map((operation, i): ProfileRow => {
    const step = steps[i]!
    const timedParts = (runSamples[i]!.at(-1)?.parts ?? []).map((part, at) => ({
      ...part,
      milliseconds: median(runSamples[i]!.map((sample) => sample.parts[at]?.milliseconds ?? 0)),
    }))
    // The time outside all parts: checks, a new result, the call itself.
    const unaccountedMs = medians[i]! - timedParts.reduce((sum, part) => sum + part.milliseconds, 0)
    const parts =
      timedParts.length === 0
        ? []
        : [
            ...timedParts,
            {
              name: 'call and new result',
              milliseconds: Math.max(0, unaccountedMs),
              flops: 0,
              bytes: 0,
            },
          ]
    return {
      ...{
        name: operation.name,
        op: operation.op,
        algorithm: step.algorithm,
        decision: step.decision,
        predictedMs: step.predictedMs,
      },
      inputShape: values.get(operation.inputs[0] ?? '')?.shape ?? [],
      outputShape: values.get(operation.output)!.shape,
      ...{
        milliseconds: medians[i]!,
        share: medians[i]! / total,
        flops: step.flops,
        bytes: step.bytes,
        parts,
      },
    }
  })
  for (const step of steps) step.close()
  const result = valueNamed(output)
  const sum = (of: (row: ProfileRow) => number): number => rows.reduce((n, row) => n + of(row), 0)
  return {
    profile: {
      ...{ machine: about, network: graph.name, runs, rows, milliseconds: total },
      inputs: [...inputs].map(([name, { shape }]) => ({ name, shape })),
      ...{ flops: sum((row) => row.flops), bytes: sum((row) => row.bytes) },
      parameters: [...graph.constants.values()].reduce((n, { data }) => n + data.length, 0),
      output: {
        shape: result.shape,
        ...(result.data.length > maxValues ? {} : { values: Array.from(result.data) }),
      },
      classes: graph.classes,
    },
    events,
  }
}

/**
 * The last run as a trace for chrome://tracing and Perfetto: times in microseconds, parts inside
 * their operation.
 */
export function traceOf(network: string, events: readonly Event[]): string {
  const start = events[0]?.start ?? 0
  const event = (name: string, from: number, milliseconds: number, args: object): object => ({
    ...{
      name,
      ph: 'X',
      pid: 1,
      tid: 1,
      cat: 'stridefold',
      ts: (from - start) * 1000,
      dur: milliseconds * 1000,
      args,
    },
  })
  const all = events.flatMap(({ name, start: from, milliseconds, parts }) => {
    let at = from
    const inside = parts.map((part) => {
      const partEvent = event(part.name, at, part.milliseconds, {
        flops: part.flops,
        bytes: part.bytes,
      })
      at += part.milliseconds
      return partEvent
    })
    return [event(name, from, Math.max(milliseconds, at - from), {}), ...inside]
  })
  const names = [
    { name: 'process_name', ph: 'M', pid: 1, tid: 1, args: { name: network } },
    { name: 'thread_name', ph: 'M', pid: 1, tid: 1, args: { name: 'one run' } },
  ]
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: [...names, ...all] })}\n`
}
