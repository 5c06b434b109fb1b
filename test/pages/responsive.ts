/**
 * `npm run check:responsive`: how long do asynchronous calls hold the thread that makes them?
 *
 * Opens a page in Chromium, with and without cross-origin isolation, makes large calls, and reads
 * the tasks of the page's thread from a trace of the browser: the longest one as it was, and by the
 * processor time that it took, which other processes on the machine do not change. Then eight
 * images are filtered at once in Node. Prints all, judges nothing: a busy machine delays any page.
 *
 *     npm run check:responsive
 */

import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { rolldown } from 'rolldown'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'
import { type CallPage, pageScript, type Seen } from './responsive-page.ts'
import { serve } from './serve.ts'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Tasks shorter than this leave a page responsive, in milliseconds. */
const maxTask = 8

/** An event of a trace. Times are microseconds; `tdur` is processor time. */
interface TraceEvent {
  readonly name: string
  readonly cat: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
}

const source = fileURLToPath(new URL('../../packages/stridefold/src/index.ts', import.meta.url))
const bundle = await rolldown({ input: source, treeshake: false, logLevel: 'silent' })
const library = (await bundle.generate({ format: 'esm' })).output[0].code

const site = await serve((path) => {
  const headers = path.startsWith('/plain') ? {} : isolation
  if (path === '/library.js') return { type: 'text/javascript', body: library, headers }
  if (path === '/start.js') return { type: 'text/javascript', body: pageScript, headers }
  const body = '<!doctype html><script type="module" src="/start.js"></script>'
  return { type: 'text/html', body, headers }
})
const browser = await chromium.launch({
  ...{ executablePath: findChromium()!, args: [...chromiumSwitches] },
})
console.log(
  columns('page', 'call', 'run', 'took', 'frame', 'task', 'its CPU', 'most CPU', '> 8 ms'),
)
for (const path of ['isolated', 'plain']) await measurePage(browser, path)
await browser.close()
site.close()
measureNode()

async function measurePage(browser: Browser, path: string): Promise<void> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(`${site.address}/${path}`)
  await page.waitForFunction(() => document.title === 'ready')
  const names = await page.evaluate(() => (globalThis as unknown as CallPage).names)
  for (const name of names) {
    await page.evaluate((n) => (globalThis as unknown as CallPage).prepare(n), name)
    for (const run of ['first', 'second', 'into out'] as const) {
      const { seen, tasks } = await traced(browser, page, name, run === 'into out')
      const longest = tasks.reduce((a, b) => (b.dur! > a.dur! ? b : a))
      const most = Math.max(...tasks.map(({ tdur = 0 }) => tdur))
      const long = tasks.filter(({ dur }) => dur! > maxTask * 1000).length
      const times = [seen.took, seen.frame, longest.dur! / 1e3, longest.tdur! / 1e3, most / 1e3]
      console.log(columns(path, name, run, ...times.map((ms) => ms.toFixed(1)), String(long)))
    }
  }
  await page.close()
}

/** Runs a call and returns the tasks of the page's thread while it ran. */
async function traced(
  browser: Browser,
  page: Page,
  name: string,
  withOut: boolean,
): Promise<{ readonly seen: Seen; readonly tasks: readonly TraceEvent[] }> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  const seen = await page.evaluate(
    ([n, out]) => (globalThis as unknown as CallPage).measure(n, out),
    [name, withOut] as const,
  )
  const text = (await browser.stopTracing()).toString()
  const { traceEvents: events } = JSON.parse(text) as { traceEvents: TraceEvent[] }
  const mark = (of: string): TraceEvent =>
    events.find((event) => event.name === of && event.cat.includes('user_timing'))!
  const [begin, end] = [mark('begin'), mark('end')]
  const onPage = ({ pid, tid }: TraceEvent): boolean => pid === begin.pid && tid === begin.tid
  const tasks = events.filter(
    (event) =>
      event.ph === 'X' &&
      event.name.endsWith('RunTask') &&
      onPage(event) &&
      event.ts + event.dur! >= begin.ts &&
      event.ts <= end.ts,
  )
  return { seen, tasks }
}

/** Runs event-loop.ts in a process of its own. */
function measureNode(): void {
  const file = fileURLToPath(new URL('event-loop.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, file], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  console.log(`\nNode ${process.version}, eight images of 12 megapixels at once:\n${stdout}`)
}

function columns(...texts: readonly string[]): string {
  const widths = [9, 36, 9, 8, 7, 7, 8, 9, 6]
  return texts
    .map((text, i) => (i < 3 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)))
    .join(' ')
}
