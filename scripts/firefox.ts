/**
 * `npm run check:firefox`: the lab in Firefox, once through. Every face, every docked view, what is
 * pasted, every kind of file that is saved, and the frame in another page. Prints what was found,
 * and fails if something is missing or the page reports an error.
 *
 *     npm run build && npm run check:firefox
 *
 * Firefox is driven by WebDriver BiDi, which it speaks itself. FIREFOX_PATH names another one.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import sharp from 'sharp'
import { readNpy } from 'stridefold/npy'
import { pageNames } from '../lab/src/pages/page-names.ts'
import { dockNames, viewNames } from '../lab/src/state/state.ts'
import { findBrowsers } from '../test/pages/browsers.ts'
import { openBidi } from './bidi.ts'

const firefox = findBrowsers().find(({ name }) => name === 'Firefox')
if (!firefox) throw new Error('This machine has no Firefox. FIREFOX_PATH may name one.')

const folder = mkdtempSync(join(tmpdir(), 'stridefold-firefox-'))
const downloads = join(folder, 'downloads')
mkdirSync(downloads)
const server = spawn(process.execPath, ['packages/cli/dist/main.js', 'lab', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(server.stdout, 'data')
const { address } = JSON.parse(String(line)) as { readonly address: string }

const profile = join(folder, 'profile')
mkdirSync(profile)
const switches = firefox.switches(profile)
writeFileSync(
  join(profile, 'user.js'),
  `${readFileSync(join(profile, 'user.js'), 'utf8')}
user_pref("browser.download.folderList", 2);
user_pref("browser.download.dir", ${JSON.stringify(downloads)});
user_pref("browser.download.always_ask_before_handling_new_types", false);
`,
)
const program = spawn(firefox.path, [...switches, '--remote-debugging-port=0'], {
  stdio: ['ignore', 'ignore', 'pipe'],
})
const page = await openBidi(program)
const faults: string[] = []

/** Waits until an expression of the page is true. */
async function see(what: string, expression: string): Promise<void> {
  const found = await page.evaluate(`(async () => {
    for (const start = Date.now(); Date.now() - start < 40000; ) {
      try { if (${expression}) return true } catch {}
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return false
  })()`)
  console.log(`${found ? 'ok  ' : 'FAIL'} ${what}`)
  if (!found) faults.push(what)
}

const has = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})`
const press = (selector: string): Promise<unknown> => page.evaluate(`${has(selector)}.click()`)
const open = (path: string): Promise<void> => page.open(`${address}${path}`)

/** Presses a button of “Save or copy”, and returns the file. */
async function saved(button: string, name: string): Promise<Buffer | undefined> {
  await press(`[data-save="${button}"]`)
  await see(
    `${name} is saved`,
    `${has('.save-told')}.textContent.includes(${JSON.stringify(name)})`,
  )
  for (const start = Date.now(); Date.now() - start < 20_000; ) {
    if (readdirSync(downloads).includes(name)) {
      const bytes = readFileSync(join(downloads, name))
      if (bytes.length > 0) return bytes
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  faults.push(`${name} did not arrive`)
  return undefined
}

async function judge(what: string, isRight: () => boolean | Promise<boolean>): Promise<void> {
  const ok = await Promise.resolve(isRight()).catch(() => false)
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`)
  if (!ok) faults.push(what)
}

try {
  await open('')
  await see('the first screen', `${has('[data-sum]')}.textContent === '751'`)
  await press('[data-kernel="blur"]')
  await see('a kernel is chosen', `location.hash.includes('div=16')`)
  for (const dock of dockNames) {
    await open(`#v1&dock=${dock}`)
    await see(`docked: ${dock}`, has(`.dock-${dock}[aria-busy="false"] :is(.caption, figcaption)`))
  }
  await open('#v1&photo=k:sobel-x')
  await see('the picture page', `${has('.picture-size')}?.textContent`)
  for (const name of pageNames) {
    await open(`#v1&page=${name}`)
    await see(`the page ${name}`, has(`.${name}-page :is(input, textarea, [class*=plane])`))
  }
  await open(`#v1&views=${viewNames.filter((name) => name !== 'smoothing')}`)
  await see('the workspace', `!${has('[aria-busy="true"]')} && ${has('.view-toeplitz')}`)
  await open('#v1')
  await see('the small example', `${has('[data-sum]')}.textContent === '15'`)
  await page.evaluate(`(() => {
    // Firefox has a form of its own for an event with a text.
    const event = { dataType: 'text/plain', data: '1 2\\n3 4', bubbles: true }
    document.body.dispatchEvent(new ClipboardEvent('paste', event))
  })()`)
  await see('a pasted matrix', `${has('.open-becomes')}.textContent.includes('kernel 2 × 2')`)
  await press('.open-use .primary')
  await see('… is used', `location.hash.includes('k=1,2,3,4')`)
  await open('#v1')
  await see('the small example again', has('[data-sum]'))
  await page.evaluate(`dispatchEvent(new KeyboardEvent('keydown', { key: 'e' }))`)
  await see('save or copy', `${has('.save-preview')}.complete`)
  const name = '5x7-kernel-3x2'
  const svg = await saved('svg', `convolution-${name}.svg`)
  await judge('the SVG is drawn', async () => (await sharp(svg).metadata()).width! > 500)
  const png = await saved('png', `convolution-${name}.png`)
  await judge('the PNG is read', async () => (await sharp(png).metadata()).width! > 1000)
  const gif = await saved('gif', `window-${name}.gif`)
  const pages = async (): Promise<number | undefined> =>
    (await sharp(gif, { animated: true }).metadata()).pages
  await judge('the GIF has 35 frames', async () => (await pages()) === 35)
  const npy = await saved('output.npy', 'output-5x7.npy')
  await judge('the .npy is read', () => readNpy(npy!).data[10] === 15)
  await saved('matrix.csv', 'matrix-6x35.csv')
  await saved('code', 'convolution-pytorch.py')
  await open('embed.html#v1')
  await see('the frame', `${has('.embed-foot a')} && !${has('.bar')}`)
} finally {
  await page.close()
  program.kill()
  server.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
for (const error of page.errors) console.log(`FAIL the page reports: ${error}`)
process.exitCode = faults.length + page.errors.length > 0 ? 1 : 0
