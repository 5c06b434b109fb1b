/**
 * Starts the browsers of this machine on a page, without a driver: the page itself reports to its
 * server. So every browser serves that has a command line.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromiumSwitches, findChromium } from '../../scripts/chromium.ts'

export interface BrowserProgram {
  readonly name: string
  readonly path: string
  /** The command line for a new profile in this folder. */
  readonly switches: (profile: string) => readonly string[]
}

/** Settings of a new profile: no pages of welcome, no reports, no updates. */
const firefoxSettings: Readonly<Record<string, unknown>> = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'dom.min_background_timeout_value': 1,
}

/** The browsers that this machine has. FIREFOX_PATH and CHROME_PATH name others. */
export function findBrowsers(): BrowserProgram[] {
  const [chromium, firefox] = [findChromium(), process.env.FIREFOX_PATH ?? onPath(firefoxNames)]
  const programs: BrowserProgram[] = []
  if (chromium !== undefined)
    programs.push({
      ...{ name: 'Chromium', path: chromium },
      switches: (profile) => ['--headless=new', ...chromiumSwitches, `--user-data-dir=${profile}`],
    })
  if (firefox !== undefined)
    programs.push({
      ...{ name: 'Firefox', path: firefox },
      switches(profile) {
        const lines = Object.entries(firefoxSettings).map(
          ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
        )
        writeFileSync(join(profile, 'user.js'), lines.join('\n'))
        return ['--headless', '--no-remote', '--profile', profile]
      },
    })
  return programs
}

const firefoxNames = ['firefox', 'firefox-esr']

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Opens a page in a browser of its own. Call the result to end it. */
export function openBrowser(
  { path, switches }: BrowserProgram,
  address: string,
): () => Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'stridefold-browser-'))
  // A group of its own: it can end with all its processes.
  const child = spawn(path, [...switches(profile), address], { stdio: 'ignore', detached: true })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return async () => {
    endGroup(child)
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
