/**
 * Tests `translate --from`. Writes random calls in the words of each library, runs them there on
 * integers, and compares with the call of stridefold that `--from` gives.
 *
 *     node --conditions=@stridefold/source --import tsx scripts/translate/from.ts
 *         [--cases 200] [--seed N] [--python /usr/bin/python3]
 *         [--only numpy,scipy] [--rivals bench/rivals] [--magick convert]
 *
 * All sums are exact, so results must be equal. A call that the library rejects must be rejected by
 * `--from` too or is counted as loose. The last lines have the counts per system. Needs what
 * translate.ts needs. Not part of `npm test`.
 */

import process from 'node:process'
import { parseArgs } from 'node:util'
import { OptionError } from 'stridefold/sync'
import type { SystemName } from '../../packages/cli/src/translate/names.ts'
import { ownCall } from '../../packages/cli/src/translate/own-call.ts'
import { readCode } from '../../packages/cli/src/translate/read/readers.ts'
import { systems } from '../../packages/cli/src/translate/systems.ts'
import type { Translation } from '../../packages/cli/src/translate/translation.ts'
import { calls } from './calls.ts'
import { randomCases } from './random-case.ts'
import { createRunners } from './run.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'numpy,scipy,pytorch,opencv,sharp' },
    python: { type: 'string', default: '/usr/bin/python3' },
    rivals: { type: 'string', default: 'bench/rivals' },
    magick: { type: 'string', default: 'convert' },
  },
})
const { run, close } = createRunners(values)
const random = randomCases(Number(values.seed))
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const own = systems.find(({ name }) => name === 'stridefold')!
const noArray = { shape: [], axes: '' }
let isFailed = false

/** A result, or the error in its place. */
const attempt = async <T>(work: () => T | Promise<T>): Promise<T | Error> => {
  try {
    return await work()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Whether `--from` rejects because the library itself gives no reliable result. */
const isUndefinedInLibrary = ({ message }: OptionError): boolean =>
  /runtimes differ|filter were square|keeps no sample/.test(message)

for (const name of values.only.split(',') as SystemName[]) {
  const make = calls[name]
  const system = systems.find((known) => known.name === name)
  if (make === undefined || system === undefined)
    throw new Error(`--only ${name}: not one of ${Object.keys(calls)}.`)
  const counts = { passed: 0, refused: 0, loose: 0, failed: 0 }
  const isBytes = name === 'sharp' || name === 'imagemagick'
  for (let n = 0; n < Number(values.cases); n++) {
    const call = make(random)
    const x = Array.from({ length: size(call.x) }, () =>
      isBytes ? random.below(10) : random.below(19) - 9,
    )
    const k = Array.from({ length: size(call.k) }, () => random.below(7) - 3)
    const expected = await attempt(() =>
      run(system)(
        {
          code: call.run ?? call.text,
          x: { shape: call.x, axes: '' },
          k: { shape: call.k, axes: '' },
          y: noArray,
          notes: [],
        },
        { x, k, dtype: name === 'onnx' || name === 'pytorch' ? 'float32' : 'float64' },
      ),
    )
    const reading = await attempt(() => {
      const isKnown = name === 'sharp' || name === 'imagemagick'
      return readCode(call.text, name, {
        ...(name === 'sharp' ? {} : { input: call.x }),
        ...(isKnown || call.text.startsWith('m = nn.') ? {} : { kernel: call.k }),
      })
    })
    const report = (why: string): void => {
      process.stdout.write(`${name}: ${why}\n${call.text}\nx ${call.x}, k ${call.k}\n\n`)
    }
    // A library may give an empty result where no window fits; a case is rejected there.
    const isEmpty = !(expected instanceof Error) && expected.data.length === 0
    if (expected instanceof Error || (isEmpty && reading instanceof Error)) {
      if (reading instanceof Error) counts.refused++
      else {
        counts.loose++
        report(`the library rejects: ${expected instanceof Error ? expected.message : 'empty'}`)
      }
      continue
    }
    if (reading instanceof OptionError && isUndefinedInLibrary(reading)) {
      counts.refused++
      continue
    }
    if (reading instanceof Error) {
      counts.failed++
      report(`not read: ${reading instanceof OptionError ? reading.message : reading.stack}`)
      continue
    }
    const translation: Translation = ownCall(reading)
    const bytes = isBytes ? expected.data : undefined
    const answer = await attempt(() => run(own)(translation, { x, k, dtype: 'float64' }))
    const data =
      answer instanceof Error
        ? []
        : bytes
          ? answer.data.map((value) => Math.min(Math.max(value, 0), 255))
          : answer.data
    const isEqual =
      data.length === expected.data.length && data.every((value, i) => value === expected.data[i])
    if (isEqual) counts.passed++
    else {
      counts.failed++
      report(
        `${reading.geometry.key}\n${translation.code}\n${answer instanceof Error ? answer.message : data}\nexpected ${expected.shape}: ${expected.data}`,
      )
    }
  }
  if (counts.failed > 0 || counts.passed === 0) isFailed = true
  process.stdout.write(
    `${name}: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}\n`,
  )
}
close()
process.exitCode = isFailed ? 1 : 0
