/**
 * Where is a Chromium that the tests can drive? First what is there already: CHROME_PATH, the usual
 * names on PATH, the usual places on macOS and Windows, Playwright's own. Only where none is found
 * is one fetched, the way the system prefers it.
 */

import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright'

/**
 * The switches for a browser that only ever talks to this machine; as root it starts without its
 * sandbox only.
 */
export const CHROMIUM_SWITCHES: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

const PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    `${process.env.HOME}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
  ],
  win32: [
    process.env.PROGRAMFILES,
    process.env['PROGRAMFILES(X86)'],
    process.env.LOCALAPPDATA,
  ].flatMap((folder) =>
    folder ? [join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')] : [],
  ),
}

/**
 * The path of a Chromium or Chrome on this machine, or undefined. A CHROME_PATH that names nothing
 * executable throws.
 */
export function findChromium(): string | undefined {
  const named = process.env.CHROME_PATH
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(
      `CHROME_PATH names ${named}, which is not a file that can be run. Correct it, or unset ` +
        'it to let the search begin.',
    )
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const onPath =
    process.platform === 'win32'
      ? []
      : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...(PLACES[process.platform] ?? []), chromium.executablePath()].find(
    isExecutable,
  )
}

/**
 * Gets a Chromium: from Debian's packages where we are root on Debian, else Playwright's own build.
 * Says first what it runs.
 */
export function fetchChromium(): string {
  const root = process.getuid?.() === 0
  const commands =
    root && isDebian()
      ? ['apt-get update', 'apt-get install -y --no-install-recommends chromium']
      : [`npx playwright install ${root ? '--with-deps ' : ''}chromium`]
  console.log(
    'No Chromium or Chrome was found, and some tests need one. Getting it with: ' +
      `${commands.join(' && ')}`,
  )
  for (const command of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status } = spawnSync(command, {
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    })
    if (status !== 0)
      throw new Error(`'${command}' failed, so there is no browser to test in. ${REMEDY}`)
  }
  const path = findChromium()
  if (!path)
    throw new Error(
      `'${commands.at(-1)}' reported success, yet no Chromium was found afterwards. ${REMEDY}`,
    )
  return path
}

const REMEDY = 'Install Chromium or Chrome, or set CHROME_PATH to one, and run the tests again.'

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
