/**
 * `profile MODEL`: where does the time of a network go? Layer by layer, part by part, with the algorithm chosen and why.
 */

import { readFileSync } from 'node:fs'
import { contiguous, type NdArray, ndarray } from 'stridefold/sync'
import { checkOutput, readInput, writeOutput } from '../files.ts'
import { colours, type Io, print, printJson } from '../io.ts'
import { machineLine } from '../measure/machine.ts'
import { signed } from '../measure/random.ts'
import { readNpy } from '../npy.ts'
import type { Graph } from '../profile/graph.ts'
import { readJsonModel } from '../profile/json-model.ts'
import { readOnnx } from '../profile/onnx.ts'
import { type Profile, profiled, traceOf } from '../profile/profile.ts'
import { withProgress } from '../progress.ts'
import { type Alignment, headedTable } from '../table.ts'
import { byteSize, count, duration, percent } from '../units.ts'

export interface ProfileFlags {
  readonly input?: string
  readonly runs: number
  readonly trace?: string
  readonly force?: boolean
  readonly json?: boolean
}

export async function profile(model: string | undefined, { input, runs, trace, force = false, json }: ProfileFlags, io: Io): Promise<void> {
  if (trace !== undefined) checkOutput(trace, force, io)
  const given = input === undefined ? undefined : await inputFrom(input, io)
  const graph = model === undefined ? included() : await read(model, given, io)
  // A batch of one may be left out.
  const x =
    given !== undefined && `${[1, ...given.shape]}` === `${graph.input.shape}`
      ? ndarray(given.data as Float32Array, [...graph.input.shape])
      : (given ?? graph.example ?? randomInput(graph))
  const { profile: made, events } = await withProgress(io, async (progress) => profiled(graph, x, runs, progress))
  if (trace !== undefined) await writeOutput(trace, Buffer.from(traceOf(graph.name, events)), force, io)
  if (json) await printJson(io, 'profile', made)
  else await print(io.stdout, textOf(made, colours(io, io.stdout).bold))
}

/** The network that comes along: four shapes, told apart. */
const included = (): Graph => readJsonModel(readFileSync(new URL('../../assets/shapes.json', import.meta.url), 'utf8'), 'shapes')

async function read(model: string, given: NdArray | undefined, io: Io): Promise<Graph> {
  const bytes = await readInput(model, io)
  return /\.json$/i.test(model) ? readJsonModel(Buffer.from(bytes).toString(), model) : readOnnx(bytes, model, given?.shape)
}

/** The array as float32. */
async function inputFrom(path: string, io: Io): Promise<NdArray> {
  const { data, shape, strides } = readNpy(await readInput(path, io), path)
  const dense = contiguous(ndarray(data, [...shape], { strides: [...strides] }))
  return ndarray(Float32Array.from(dense.data), [...shape])
}

function randomInput({ input: { shape } }: Graph): NdArray {
  return ndarray(
    signed(
      shape.reduce((n, e) => n * e, 1),
      7,
    ),
    [...shape],
  )
}

const alignments: readonly Alignment[] = ['left', 'left', 'left', 'right', 'right', 'right', 'right']

function textOf(p: Profile, bold: (text: string) => string): string {
  const rows = p.rows.flatMap((row) => [
    [
      row.name,
      row.outputShape.join('×'),
      row.algorithm,
      duration(row.milliseconds),
      percent(row.share),
      count(row.flops),
      byteSize(row.bytes),
    ],
    ...row.parts.map((part) => [
      `  ${part.name}`,
      '',
      '',
      duration(part.milliseconds),
      percent(part.milliseconds / p.milliseconds),
      count(part.flops),
      byteSize(part.bytes),
    ]),
  ])
  const table = headedTable(['layer', 'result', 'algorithm', 'time', 'share', 'flop', 'bytes'], rows, alignments)
  const why = p.rows.filter(({ decision }) => decision !== '').map(({ name, decision }) => `  ${name}: ${decision}`)
  const predicted = p.rows.reduce((sum, row) => sum + (row.predictedMs ?? 0), 0)
  return [
    `${bold(p.network)}: ${count(p.parameters)} parameters, input ${p.inputShape.join('×')}, medians of ${p.runs} runs with prepared weights`,
    table,
    `in all ${duration(p.milliseconds)} (predicted for the layers with plans: ${duration(predicted)}), ${count(p.flops)} flop, ${byteSize(p.bytes)}: ${(p.flops / p.milliseconds / 1e6).toFixed(1)} GFLOP/s`,
    'What is fused in a stage (a gather into a block, bias, activation) stays in its row.',
    ...why,
    ...answer(p),
    machineLine(p.machine),
  ].join('\n')
}

/** What the network says of its input, where the file names the classes. */
function answer({ output: { values }, classes }: Profile): string[] {
  if (classes === undefined || classes.length !== values.length) return []
  const best = values.indexOf(Math.max(...values))
  const most = values[best]!
  const total = values.reduce((sum, v) => sum + Math.exp(v - most), 0)
  return [`it takes its input for: ${classes[best]} (${percent(1 / total)})`]
}
