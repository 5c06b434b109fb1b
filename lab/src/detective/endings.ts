/**
 * What happened to the sums before they became the pasted output: a divisor, an offset or bias,
 * rounding, negative numbers that were cut, results that were cut or wrapped around to bytes.
 */

export type Rounding = 'nearest' | 'truncated' | 'down'

export type Rule =
  | { readonly kind: 'none' }
  /** Printed with so many digits after the point. */
  | { readonly kind: 'decimals'; readonly digits: number }
  | { readonly kind: 'whole'; readonly how: Rounding }
  | { readonly kind: 'relu' }
  | { readonly kind: 'magnitude' }
  | { readonly kind: 'clipped'; readonly high: number; readonly how: Rounding | undefined }
  | { readonly kind: 'wrapped'; readonly how: Rounding }

/** factor · sum + offset, then the rule. */
export interface Ending {
  readonly factor: number
  /** One number, or one for each filter. */
  readonly offsets: readonly number[]
  readonly rule: Rule
}

/** What is known of the weights and of the pasted output. */
export interface EndingFacts {
  /** Divisors that are usual for these weights, and fixed ones. */
  readonly factors: readonly number[]
  /** The error that float32 sums may have. */
  readonly tolerance: number
  readonly isWhole: boolean
  /** The most digits after the point. */
  readonly digits: number
  readonly least: number
  readonly greatest: number
}

export const plainEnding: Ending = { factor: 1, offsets: [0], rule: { kind: 'none' } }

export const endingChanges = ({ factor, offsets, rule }: Ending): number =>
  (factor === 1 ? 0 : 1) +
  (offsets.every((offset) => offset === 0) ? 0 : 1) +
  (rule.kind === 'none' ? 0 : 1)

const maxDigits = 8
/** A float32 number has 24 bits. */
const epsilon = 2 ** -22

export function endingFacts(
  weights: ArrayLike<number>,
  taps: number,
  greatestInput: number,
  output: ArrayLike<number>,
): EndingFacts {
  let [sum, magnitude] = [0, 0]
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!
    magnitude += Math.abs(weights[i]!)
  }
  const filters = weights.length / taps
  const wanted = [sum / filters, magnitude / filters, taps, 2, 4, 8, 16, 32, 64, 128, 255, 256, -1]
  const factors = wanted.filter((d) => d !== 0 && d !== 1).map((divisor) => 1 / divisor)
  return {
    factors: [...new Set([...factors, 255])],
    tolerance: epsilon * (magnitude / filters) * greatestInput,
    ...outputFacts(output),
  }
}

type OutputFacts = Pick<EndingFacts, 'isWhole' | 'digits' | 'least' | 'greatest'>

/** The search looks at the same outputs for every explanation. */
const outputsKnown = new WeakMap<ArrayLike<number>, OutputFacts>()

function outputFacts(output: ArrayLike<number>): OutputFacts {
  const known = outputsKnown.get(output)
  if (known) return known
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [isWhole, digits] = [true, 0]
  for (let i = 0; i < output.length; i++) {
    const value = output[i]!
    least = Math.min(least, value)
    greatest = Math.max(greatest, value)
    if (Number.isInteger(value)) continue
    isWhole = false
    digits = Math.max(digits, digitsAfterPoint(value))
  }
  const found = { isWhole, digits, least, greatest }
  outputsKnown.set(output, found)
  return found
}

function digitsAfterPoint(value: number): number {
  const [digits = '', power = '0'] = String(Math.abs(value)).split('e')
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(power))
}

/**
 * The first ending with at most so many changes that `fits`, those with the fewest changes first:
 * `sums` become `outputs`.
 */
export function fittingEnding(
  sums: ArrayLike<number>,
  outputs: ArrayLike<number>,
  facts: EndingFacts,
  mostChanges: number,
  fits: (ending: Ending) => boolean,
): Ending | undefined {
  const all = fixedEndings(facts)
  const found = mostChanges > 0 ? lines(sums, outputs, facts) : []
  for (let changes = 0; changes <= Math.min(mostChanges, 3); changes++) {
    for (const ending of found) if (endingChanges(ending) === changes && fits(ending)) return ending
    for (const ending of all[changes]!) if (fits(ending)) return ending
  }
  return undefined
}

type ByChanges = readonly (readonly Ending[])[]

const fixed = new WeakMap<EndingFacts, ByChanges>()

/** Endings that do not depend on the sums, by the number of their changes from 0 to 3. */
function fixedEndings(facts: EndingFacts): ByChanges {
  const known = fixed.get(facts)
  if (known) return known
  const rules = rulesFor(facts)
  const scaled = rules.filter(({ kind }) => kind !== 'none' && kind !== 'magnitude')
  const bytes = rules.filter(({ kind }) => kind === 'clipped' || kind === 'whole')
  const factors = [1, ...facts.factors]
  const found = [
    ...rules.map((rule): Ending => ({ ...plainEnding, rule })),
    ...facts.factors.flatMap((factor) =>
      scaled.map((rule): Ending => ({ ...plainEnding, factor, rule })),
    ),
    ...[128, 127].flatMap((offset) =>
      bytes.flatMap((rule) =>
        factors.map((factor): Ending => ({ factor, offsets: [offset], rule })),
      ),
    ),
  ]
  const byChanges = [0, 1, 2, 3].map((changes) =>
    found.filter((ending) => endingChanges(ending) === changes),
  )
  fixed.set(facts, byChanges)
  return byChanges
}

const roundings: readonly Rounding[] = ['nearest', 'truncated', 'down']

/** The rules that can end in outputs like the pasted ones. */
function rulesFor(facts: EndingFacts): readonly Rule[] {
  const { isWhole, digits, least, greatest } = facts
  const found: Rule[] = [plainEnding.rule]
  if (digits > 0 && digits <= maxDigits) found.push({ kind: 'decimals', digits })
  if (isWhole) found.push(...roundings.map((how) => ({ kind: 'whole', how }) as const))
  if (least >= 0) found.push({ kind: 'relu' }, { kind: 'magnitude' })
  if (least >= 0 && greatest <= 1 && !isWhole)
    found.push({ kind: 'clipped', high: 1, how: undefined })
  if (least >= 0 && greatest <= 255 && isWhole)
    found.push(
      ...roundings.slice(0, 2).map((how) => ({ kind: 'clipped', high: 255, how }) as const),
      ...roundings.map((how) => ({ kind: 'wrapped', how }) as const),
    )
  return found
}

/** Factor and offset that lead through the least and the greatest sum. */
function lines(
  sums: ArrayLike<number>,
  outputs: ArrayLike<number>,
  facts: EndingFacts,
): readonly Ending[] {
  let [low, high] = [0, 0]
  for (let i = 1; i < sums.length; i++) {
    if (sums[i]! < sums[low]!) low = i
    if (sums[i]! > sums[high]!) high = i
  }
  const largest = Math.abs(sums[low]!) > Math.abs(sums[high]!) ? low : high
  if (sums[low] === sums[high]) return []
  const { rule } = plainEnding
  const factor = outputs[largest]! / sums[largest]!
  const slope = (outputs[high]! - outputs[low]!) / (sums[high]! - sums[low]!)
  const offset = outputs[largest]! - sums[largest]!
  const snapped = snap(factor, facts)
  const divisor = Math.round(1 / factor)
  const { digits } = facts
  const isPrinted =
    digits > 0 && digits <= maxDigits && Math.abs(divisor * factor - 1) < printedCloseness
  return [
    ...(isPrinted && divisor !== 1
      ? [{ ...plainEnding, factor: 1 / divisor, rule: { kind: 'decimals', digits } as const }]
      : []),
    ...(factor !== 0 && Number.isFinite(factor) ? [{ ...plainEnding, factor: snapped }] : []),
    { factor: 1, offsets: [tidy(offset)], rule },
    ...(slope === 0 ? [] : [withOffset(snap(slope, facts), sums[largest]!, outputs[largest]!)]),
  ]
}

const withOffset = (factor: number, sum: number, output: number): Ending => ({
  factor,
  offsets: [tidy(output - factor * sum)],
  rule: plainEnding.rule,
})

const closeness = 2 ** -18
const printedCloseness = 2 ** -8

/** A usual factor, or a whole divisor, if the factor is one but for rounding. */
function snap(factor: number, { factors }: EndingFacts): number {
  const usual = [...factors, Math.round(factor), 1 / Math.round(1 / factor)]
  const found = usual.find((each) => Math.abs(each - factor) <= closeness * Math.abs(factor))
  return found !== undefined && Number.isFinite(found) && found !== 0 ? found : tidy(factor)
}

/** The number without the digits that float32 sums leave behind. */
const tidy = (value: number): number => Number(value.toPrecision(7)) + 0

const foundError = 1e-6

/** Whether the ending makes the outputs of the sums. `filterAt`: the filter of each output. */
export function matches(
  ending: Ending,
  sums: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { tolerance }: EndingFacts,
  filterAt: (place: number) => number,
): boolean {
  const { factor, offsets, rule } = ending
  const scaled = tolerance * Math.abs(factor)
  // A factor or an offset that was found from the numbers has seven digits.
  const isFound = factor !== 1 || offsets[0] !== 0
  for (let i = 0; i < sums.length; i++) {
    const offset = offsets.length === 1 ? offsets[0]! : offsets[filterAt(i)]!
    const value = factor * sums[i]! + offset
    const slack = isFound ? foundError * (Math.abs(factor * sums[i]!) + Math.abs(offset)) : 0
    if (!isResult(value, outputs[i]!, rule, scaled + slack)) return false
  }
  return true
}

function isResult(value: number, output: number, rule: Rule, tolerance: number): boolean {
  const isAt = (wanted: number): boolean => Math.abs(wanted - output) <= tolerance
  switch (rule.kind) {
    case 'none':
      return isAt(value)
    case 'decimals':
      return Math.abs(value - output) <= 0.5 * 10 ** -rule.digits + tolerance
    case 'relu':
      return isAt(Math.max(0, value))
    case 'magnitude':
      return isAt(Math.abs(value))
    case 'whole':
      return isRounded(value, output, rule.how, tolerance)
    case 'clipped':
      if (value <= 0) return output === 0 || isNear(value, output, rule.how, tolerance)
      if (value >= rule.high)
        return output === rule.high || isNear(value, output, rule.how, tolerance)
      return isNear(value, output, rule.how, tolerance)
    case 'wrapped': {
      const turns = Math.round((value - output) / 256)
      return [turns - 1, turns, turns + 1].some((each) =>
        isRounded(value, output + 256 * each, rule.how, tolerance),
      )
    }
  }
}

const isNear = (
  value: number,
  output: number,
  how: Rounding | undefined,
  tolerance: number,
): boolean =>
  how === undefined
    ? Math.abs(value - output) <= tolerance
    : isRounded(value, output, how, tolerance)

function isRounded(value: number, output: number, how: Rounding, tolerance: number): boolean {
  if (how === 'nearest') return Math.abs(value - output) <= 0.5 + tolerance
  const isUp = how === 'down' || value >= 0
  const away = isUp ? value - output : output - value
  return away >= -tolerance && away < 1 + tolerance
}

const fewestOutputs = 5

/** Whether there are enough different outputs, so that an ending does not fit by chance. */
export function isTelling({ factor, offsets, rule }: Ending, outputs: ArrayLike<number>): boolean {
  const hasFactor = factor !== 1
  const hasOffset = offsets.some((offset) => offset !== 0)
  if (!hasFactor && !hasOffset && rule.kind === 'none') return true
  const isCut = rule.kind === 'clipped' || rule.kind === 'relu' || rule.kind === 'magnitude'
  const high = rule.kind === 'clipped' ? rule.high : Number.POSITIVE_INFINITY
  const telling = Array.from(outputs).filter((value) => !isCut || (value > 0 && value < high))
  const needed = (hasFactor && hasOffset ? 4 : 3) * (offsets.length > 1 ? 2 : 1)
  return outputs.length >= fewestOutputs && new Set(telling).size >= needed
}

/** One offset for each filter, if sums and outputs differ by just that. */
export function filterOffsets(
  sums: ArrayLike<number>,
  outputs: ArrayLike<number>,
  { tolerance, digits }: EndingFacts,
  filterAt: (place: number) => number,
): Ending | undefined {
  const offsets: number[] = []
  const rounding = digits > 0 && digits <= maxDigits ? 10 ** -digits : 0
  for (let i = 0; i < sums.length; i++) {
    const filter = filterAt(i)
    offsets[filter] ??= tidy(outputs[i]! - sums[i]!)
    const error = Math.abs(outputs[i]! - sums[i]! - offsets[filter]!)
    if (error > rounding + tolerance + foundError * Math.abs(outputs[i]!)) return undefined
  }
  return { factor: 1, offsets, rule: plainEnding.rule }
}

/** The result of an ending, to show what was expected. */
export function resultOf({ factor, offsets, rule }: Ending, sum: number, filter: number): number {
  const value = factor * sum + (offsets.length === 1 ? offsets[0]! : offsets[filter]!)
  switch (rule.kind) {
    case 'none':
      return value
    case 'decimals':
      return Number(value.toFixed(rule.digits))
    case 'relu':
      return Math.max(0, value)
    case 'magnitude':
      return Math.abs(value)
    case 'whole':
      return rounded(value, rule.how)
    case 'clipped':
      return Math.min(rule.high, Math.max(0, rule.how ? rounded(value, rule.how) : value))
    case 'wrapped':
      return ((rounded(value, rule.how) % 256) + 256) % 256
  }
}

const rounded = (value: number, how: Rounding): number =>
  how === 'nearest'
    ? Math.round(value)
    : how === 'truncated'
      ? Math.trunc(value)
      : Math.floor(value)
