/**
 * `profile MODEL`: measures the time of each layer of a network and of its parts. Prints the chosen
 * algorithm of each layer, and the reason.
 */

import { existsSync, readFileSync } from 'node:fs'
import { machineLine } from '@stridefold/measure'
import { contiguous, type NdArray, ndarray } from 'stridefold/sync'
import { didYouMean } from '../did-you-mean.ts'
import { inputError, usageError } from '../failure.ts'
import { absolutePath, colours, type Io, print, printJson } from '../io.ts'
import { readNpy } from '../npy.ts'
import { Budget, defaultMaxBytes } from '../profile/bounds.ts'
import { type Graph, printableName } from '../profile/graph.ts'
import { inputsOf, type UserInput } from '../profile/inputs.ts'
import { readJsonModel } from '../profile/json-model.ts'
import { readOnnx } from '../profile/onnx.ts'
import { type Profile, profileModel, traceOf } from '../profile/profile.ts'
import { withProgress } from '../progress.ts'
import { readInput } from '../read-input.ts'
import { type Alignment, headedTable } from '../table.ts'
import { byteSize, count, duration, percent } from '../units.ts'
import { checkOutput, writeOutput } from '../write-output.ts'

export interface ProfileFlags {
  readonly input?: readonly string[]
  readonly runs: number
  readonly memoryLimit?: number
  readonly trace?: string
  readonly force?: boolean
  readonly json?: boolean
}

export async function profile(
  model: string | undefined,
  { input = [], runs, memoryLimit = defaultMaxBytes, trace, force = false, json }: ProfileFlags,
  io: Io,
): Promise<void> {
  if (trace !== undefined) checkOutput(trace, force, io)
  const file = model === undefined ? undefined : await readInput(model, io)
  const { profile: result, events } = await withProgress(io, async (progress) => {
    const graph = graphOf(model, file, new Budget(memoryLimit))
    const userInputs = await Promise.all(input.map((word) => inputFrom(word, graph, io)))
    const budget = new Budget(memoryLimit)
    return profileModel(graph, inputsOf(graph, userInputs, budget), runs, progress, budget)
  })
  if (trace !== undefined)
    await writeOutput(trace, Buffer.from(traceOf(result.network, events)), force, io)
  if (json) await printJson(io, 'profile', result)
  else await print(io.stdout, textOf(result, colours(io, io.stdout).bold))
}

function graphOf(model: string | undefined, file: Uint8Array | undefined, budget: Budget): Graph {
  if (model === undefined || file === undefined)
    return readJsonModel(includedText(), 'shapes', budget)
  return /\.json$/i.test(model)
    ? readJsonModel(Buffer.from(file).toString(), model, budget)
    : readOnnx(file, model)
}

/** The included network, which classifies four shapes. */
const includedText = (): string =>
  readFileSync(new URL('../../assets/shapes.json', import.meta.url), 'utf8')

/** `FILE`, or `NAME=FILE` if the network has an input with that name. Returns float32. */
async function inputFrom(word: string, graph: Graph, io: Io): Promise<UserInput> {
  const named = graph.inputs.find(({ name }) => word.startsWith(`${name}=`))
  const path = named === undefined ? word : word.slice(named.name.length + 1)
  if (named === undefined && word.includes('=') && !existsSync(absolutePath(word, io))) {
    const names = graph.inputs.map(({ name }) => printableName(name))
    const [wrong = ''] = word.split('=')
    throw usageError(
      `--input ${printableName(word)}: ${printableName(graph.name)} has no input ` +
        `'${printableName(wrong)}'. Its inputs are ` +
        `${names.slice(0, 10).join(', ')}.${didYouMean(wrong, names)}`,
    )
  }
  const { data, shape, strides } = readNpy(await readInput(path, io), path)
  if (shape.length > 0 && data.length === 0)
    throw inputError(`${printableName(path)} has no numbers.`)
  const dense: NdArray = contiguous(ndarray(data, [...shape], { strides: [...strides] }))
  return {
    array: ndarray(Float32Array.from(dense.data), [...shape]),
    ...(named === undefined ? {} : { name: named.name }),
  }
}

const alignments: readonly Alignment[] = [
  'left',
  'left',
  'left',
  'right',
  'right',
  'right',
  'right',
]

function textOf(p: Profile, bold: (text: string) => string): string {
  const rows = p.rows.flatMap((row) => [
    [
      printableName(row.name),
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
  const table = headedTable(
    ['layer', 'result', 'algorithm', 'time', 'share', 'flop', 'bytes'],
    rows,
    alignments,
  )
  const why = p.rows
    .filter(({ decision }) => decision !== '')
    .map(({ name, decision }) => `  ${printableName(name)}: ${decision}`)
  const predicted = p.rows.reduce((sum, row) => sum + (row.predictedMs ?? 0), 0)
  const inputs = p.inputs.map(({ shape }) => shape.join('×') || 'one number')
  return [
    `${bold(printableName(p.network))}: ${count(p.parameters)} parameters, input ` +
      `${inputs.join(' and ')}, medians of ${p.runs} runs with prepared weights`,
    table,
    `in total ${duration(p.milliseconds)} (predicted for the layers with plans: ` +
      `${duration(predicted)}), ${count(p.flops)} flop, ${byteSize(p.bytes)}: ` +
      `${(p.flops / p.milliseconds / 1e6).toFixed(1)} GFLOP/s`,
    'Work that is fused into a stage (a gather into a block, bias, activation) counts in ' +
      'the row of the stage.',
    ...why,
    ...answer(p),
    machineLine(p.machine),
  ].join('\n')
}

/** The classification of the input, if the file names the classes. */
function answer({ output: { values = [] }, classes }: Profile): string[] {
  if (classes === undefined || classes.length !== values.length) return []
  const best = values.reduce((at, v, i) => (v > values[at]! ? i : at), 0)
  const maxLogit = values[best]!
  const total = values.reduce((sum, v) => sum + Math.exp(v - maxLogit), 0)
  return [`predicted class: ${printableName(classes[best]!)} (${percent(1 / total)})`]
}
