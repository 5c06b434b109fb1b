/**
 * `npm run bench`: every case, every competitor: verify, warm up, interleave the rounds, then the table and results/*.json.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { peakMeter, peakOf, summary } from '@stridefold/cli/measure'
import type { Competitor, Ready } from './competitor.ts'
import { ours } from './ours.ts'
import { type Problem, problem, verify } from './problem.ts'
import { randomSuite } from './random-suite.ts'
import { jaxJs } from './rivals/jax-js.ts'
import { onnxNative, onnxWeb } from './rivals/onnx.ts'
import { opencvJs } from './rivals/opencv-js.ts'
import { pffft } from './rivals/pffft.ts'
import { sharpRival, wasmVips } from './rivals/pictures.ts'
import { pythonRival } from './rivals/python.ts'
import { tfjsWasm } from './rivals/tfjs-wasm.ts'
import { type Entry, parseSuite } from './suite.ts'
import { verdicts } from './verdicts.ts'

const here = import.meta.dirname
const suites = [...readdirSync(join(here, 'suites')).map((file) => file.replace('.txt', '')), 'random']
/** Long: only when asked for. */
const onDemand = ['networks', 'random']
const { values: flags } = parseArgs({
  options: {
    against: { type: 'string', default: 'all' },
    suite: { type: 'string', default: suites.filter((name) => !onDemand.includes(name)).join(',') },
    seed: { type: 'string', default: '1' },
    python: { type: 'string', default: 'python3' },
    quick: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
  },
})
const { rounds, least } = flags.quick ? { rounds: 5, least: 5 } : { rounds: 15, least: 20 }

const openers: Readonly<Record<string, () => Promise<Competitor>>> = {
  'tfjs-wasm': async () => {
    installRivals()
    return tfjsWasm()
  },
  'onnx-web': async () => {
    installRivals()
    return onnxWeb()
  },
  'onnx-native': async () => {
    installRivals()
    return onnxNative()
  },
  'opencv-js': async () => {
    installRivals()
    return opencvJs()
  },
  sharp: async () => {
    installRivals()
    return sharpRival()
  },
  'wasm-vips': async () => {
    installRivals()
    return wasmVips()
  },
  'jax-js': async () => {
    installRivals()
    return jaxJs()
  },
  pffft: async () => {
    installRivals()
    return pffft()
  },
  pytorch: async () => pythonRival('pytorch', flags.python),
  scipy: async () => pythonRival('scipy', flags.python),
  opencv: async () => pythonRival('opencv', flags.python),
}

function installRivals(): void {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'rivals/package.json'), 'utf8')) as { dependencies: object }
  if (Object.keys(dependencies).every((name) => existsSync(join(here, 'rivals/node_modules', name)))) return
  console.error('Installing the rivals: npm install --ignore-scripts --prefix bench/rivals')
  execFileSync('npm', ['install', '--ignore-scripts', '--prefix', join(here, 'rivals')], { stdio: ['ignore', 2, 2] })
}

function listed(what: string, text: string, known: readonly string[]): string[] {
  const names = text.split(',')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    console.error(`--${what}: '${unknown}' is unknown. There are ${known.join(', ')}.`)
    process.exit(2)
  }
  return names
}

async function prepared(competitor: Competitor, p: Problem): Promise<Ready> {
  const ready = await competitor.prepare(p)
  verify(competitor.name, p, await ready.output())
  for (let i = 0; i < 3; i++) await ready.round(least)
  return ready
}

async function measured(entry: Entry, competitors: readonly Competitor[], peak: () => number): Promise<object> {
  const p = problem(entry)
  const running: { name: string; ready: Ready; samples: number[] }[] = []
  const notMeasured: Record<string, string> = {}
  for (const competitor of competitors) {
    const refused = competitor.refuse(p)
    if (refused !== undefined) notMeasured[competitor.name] = refused
    else {
      try {
        running.push({ name: competitor.name, ready: await prepared(competitor, p), samples: [] })
      } catch (error) {
        notMeasured[competitor.name] = error instanceof Error ? error.message : `${error}`
        console.error(`! ${competitor.name} is left out of ${entry.name}: ${notMeasured[competitor.name]}`)
      }
    }
  }
  const peaks: number[] = []
  for (let round = 0; round < rounds; round++) {
    peaks.push(peak())
    for (const { ready, samples } of running) samples.push(await ready.round(least))
  }
  // What was timed was right, too: the results of the last rounds.
  for (const { name, ready } of running) verify(name, p, await ready.output())
  for (const { name, ready } of running) {
    try {
      ready.close()
    } catch (error) {
      console.error(`! ${name} could not clean up: ${error instanceof Error ? error.message : error}`)
    }
  }
  const peakGflops = peakOf(peaks)
  const median = Object.fromEntries(running.map(({ name, samples }) => [name, summary(samples).median]))
  const judged = verdicts(entry.targets, { flops: p.flops, peakGflops, median })
  console.log(`\n${entry.suite} · ${entry.name}    ${entry.geometry.key}    peak ${peakGflops.toFixed(1)} GFLOP/s`)
  for (const { name, samples } of running) {
    const { median: ms, spread } = summary(samples)
    const [figure, gflops] = [ms.toPrecision(4).padStart(10), (p.flops / ms / 1e6).toFixed(1).padStart(6)]
    console.log(`  ${name.padEnd(12)}${figure} ms  ± ${(spread * 100).toFixed(0).padStart(2)} %  ${gflops} GFLOP/s`)
  }
  for (const { against, atLeast, ratio, met } of judged) {
    console.log(`  ${met ? 'met   ' : 'MISSED'} ${against} ${ratio.toFixed(2)}, target ${atLeast}`)
  }
  const judgedNames = new Set(judged.map(({ against }) => against))
  for (const { against, atLeast } of entry.targets) {
    if (!judgedNames.has(against)) console.log(`  open   ${against} was not measured, target ${atLeast}`)
  }
  const results = running.map(({ name, ready, samples }) => ({ name, call: ready.call, ...summary(samples), samples }))
  return {
    suite: entry.suite,
    name: entry.name,
    case: entry.geometry.key,
    flops: p.flops,
    peakGflops,
    results,
    verdicts: judged,
    notMeasured,
  }
}

const names = Object.keys(openers)
const wanted = flags.against === 'all' ? names : flags.against === 'none' ? [] : listed('against', flags.against, names)
const chosen = listed('suite', flags.suite, suites)
const entries = chosen
  .flatMap((suite) =>
    parseSuite(
      suite,
      suite === 'random' ? randomSuite(Number(flags.seed), 40) : readFileSync(join(here, 'suites', `${suite}.txt`), 'utf8'),
    ),
  )
  .filter(({ name }) => name.includes(flags.filter))
const competitors = [...ours]
for (const name of wanted) {
  try {
    competitors.push(await openers[name]!())
  } catch (error) {
    console.error(`! ${name} is left out: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
  }
}
const git = (...args: string[]): string => execFileSync('git', args, { cwd: here, encoding: 'utf8' }).trim()
const about = {
  date: new Date().toISOString(),
  machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`,
  loadBefore: os.loadavg()[0],
  runtime: `Node ${process.version}, V8 ${process.versions.v8}`,
  commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', with changes'),
  rounds,
  leastMsPerRound: least,
  competitors: Object.fromEntries(competitors.map(({ name, version }) => [name, version])),
}
const peak = peakMeter()
const cases: object[] = []
mkdirSync(join(here, 'results'), { recursive: true })
const file = join(here, 'results', `${about.date.slice(0, 19).replaceAll(':', '')}.json`)
for (const entry of entries) {
  cases.push(await measured(entry, competitors, peak))
  // What was measured stays, whatever comes after.
  writeFileSync(file, `${JSON.stringify({ ...about, loadAfter: os.loadavg()[0], cases }, null, 1)}\n`)
}
for (const competitor of competitors) competitor.close()
console.log(`\n${file}`)
// Some rivals keep the process alive.
process.exit()
