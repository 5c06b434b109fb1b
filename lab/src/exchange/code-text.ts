/**
 * Reads a call of another library with the module of `stridefold translate --from`. The library is
 * recognised by its words. Shapes that the code does not give are those of the page, in the order
 * of axes that the library uses.
 */

import { type Reading, readCode, type Shapes, type SystemName } from '@stridefold/cli/translate'
import { OptionError } from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'

export interface ReadCall {
  readonly system: SystemName
  /** In case notation. */
  readonly problem: string
  /** Numbers that the code has as literals, in the order of axes of the lab. */
  readonly input?: readonly number[]
  readonly kernel?: readonly number[]
  /** The arrays whose shape is that of the page, because the code has none. */
  readonly assumed: readonly ('input' | 'kernel')[]
  /** What the call adds to every sum: a number, or the name of an array. */
  readonly bias?: string
  readonly notes: readonly string[]
}

export interface UnreadCall {
  readonly system: SystemName
  /** The sentence of the reader, in English. */
  readonly message: string
}

/** The arrays of the page in the order of axes of the lab: N C spatial, O I spatial. */
export interface PageShapes {
  readonly input: readonly number[]
  readonly kernel: readonly number[]
}

/** Words that only one library has, in the order in which they decide. */
const words: readonly (readonly [RegExp, SystemName])[] = [
  [/\bmagick\b|\bconvert\s/, 'imagemagick'],
  [/\bsharp\s*\(|\.convolve\(\s*\{/, 'sharp'],
  [/stridefold|\bcorrelate\([^)]*\{|\bplanCase\b/, 'stridefold'],
  [/\bcv2?\./, 'opencv'],
  [/\bbuilder\./, 'webnn'],
  [/\bhelper\.make_node|"op_?[tT]ype"|\bConv(?:Transpose)?\s*</, 'onnx'],
  [/\bF\.|\btorch|\bnn\.Conv|\bnn\.functional/, 'pytorch'],
  [/\bndimage\.|\bsignal\.|\bscipy/, 'scipy'],
  [/tensorflow\/tfjs|\btf\.(?:conv\dd|tensor|layers|depthwiseConv2d|mirrorPad)/, 'tfjs'],
  [/\btf\.|\bkeras\b|\blayers\.|\bConv\dD(?:Transpose)?\(|\bSeparableConv/, 'tensorflow'],
  [/\bnp\.|\bnumpy/, 'numpy'],
  [/\bConv(?:Transpose)?\dd\(/, 'pytorch'],
  [/\b(?:convolve|correlate|conv\dd)\(/, 'stridefold'],
]

export function systemOf(text: string): SystemName {
  const code = text.replaceAll(/(?:#|\/\/).*$/gm, '')
  const isKnown = (source: string) => words.find(([pattern]) => pattern.test(source))?.[1]
  return isKnown(code) ?? isKnown(text) ?? 'pytorch'
}

export function readCall(
  text: string,
  page: PageShapes,
  system: SystemName = systemOf(text),
): ReadCall | UnreadCall {
  let channels = page.input[1]!
  let refused: string | undefined
  // A second round has the number of channels that the weights in the code are for.
  for (let round = 0; round < 2; round++) {
    for (const shapes of shapesFor(system, page, channels)) {
      try {
        return callOf(readCode(text, system, shapes), system, shapes)
      } catch (error) {
        if (!(error instanceof OptionError)) throw error
        // The first fault is that of the code itself, unless only a shape was missing.
        const message = messageOf(error)
        if (refused === undefined || isMissing(refused)) refused = message
        const wanted = /but the weights are for (\d+)/.exec(message)?.[1]
        if (wanted !== undefined) channels = Number(wanted)
        else if (round === 0 && isFinal(message)) return { system, message: plain(message) }
      }
    }
    if (channels === page.input[1]) break
  }
  return { system, message: plain(refused!) }
}

const isMissing = (message: string): boolean => message.includes('is not in the code')
/** A fault that no shape mends. */
const isFinal = (message: string): boolean =>
  /^The code, character|is not a function that/.test(message)

/** The sentence without the flags of the command line. */
const plain = (message: string): string =>
  message
    .replace(/ (?:Give|Leave|Check) [^.]*--(?:input|kernel|to)[^.]*\./, '')
    .replace(/ that --from \w+ reads\. docs\/translate\.md lists the functions\./, ' that is read.')
    .replace(/^--input\b/, 'The input')
    .replace(/^--kernel\b/, 'The kernel')
    .replaceAll(/--(input|kernel)\b/g, 'the $1')

const isChannelsLast = (system: SystemName): boolean => system === 'tensorflow' || system === 'tfjs'

/** First no shapes, then those of the page, in every order of axes that the library may use. */
function shapesFor(system: SystemName, page: PageShapes, channels: number): readonly Shapes[] {
  const [batch = 1, , ...extents] = page.input
  const [filters = 1, , ...taps] = page.kernel
  const ranks = [extents.length, 1, 2].filter((rank, i, all) => all.indexOf(rank) === i)
  const ofRank = (list: readonly number[], rank: number): readonly number[] =>
    [...new Array<number>(Math.max(0, rank - list.length)).fill(1), ...list].slice(-rank)
  const all = ranks.flatMap((rank): Shapes[] => {
    const [x, k] = [ofRank(extents, rank), ofRank(taps, rank)]
    const first = { input: [batch, channels, ...x], kernel: [filters, channels, ...k] }
    const last = { input: [batch, ...x, channels], kernel: [...k, channels, filters] }
    const bare = { input: x, kernel: k }
    return isChannelsLast(system) ? [last, first, bare] : [bare, first, last]
  })
  return [
    {},
    ...all.map(({ input }) => ({ input })),
    ...all.map(({ kernel }) => ({ kernel })),
    ...all,
  ]
}

function callOf(reading: Reading, system: SystemName, shapes: Shapes): ReadCall {
  const { geometry: g, convolution, inputShape, kernelShape, notes } = reading
  const extents = (of: 'input' | 'kernel'): number[] => g.axes.map((axis) => axis[of])
  const input = [g.batch, g.channels, ...extents('input')]
  const kernel = [g.filters, g.channels / g.groups, ...extents('kernel')]
  const inOrder = (
    values: readonly number[] | undefined,
    from: readonly number[],
    to: readonly number[],
  ): readonly number[] | undefined => (values && hasOrder(from, to) ? values : undefined)
  const x = inOrder(reading.inputValues, inputShape, input)
  const k = inOrder(reading.kernelValues, kernelShape, kernel)
  return {
    system,
    problem: g.key,
    ...(x && { input: x }),
    ...(k && { kernel: k }),
    assumed: (['input', 'kernel'] as const).filter((role) => shapes[role] !== undefined),
    ...(convolution.bias !== undefined && { bias: convolution.bias }),
    notes: [...notes.filter((note) => !/^[xk] is \[/.test(note)), ...convolution.notes],
  }
}

/** Whether arrays of both shapes hold their elements in the same order: axes of extent 1 aside. */
function hasOrder(from: readonly number[], to: readonly number[]): boolean {
  const long = (shape: readonly number[]): string => shape.filter((extent) => extent > 1).join()
  return long(from) === long(to) && (from.join() === to.join() || isPlane(to))
}

const isPlane = ([first, second]: readonly number[]): boolean => first === 1 && second === 1
