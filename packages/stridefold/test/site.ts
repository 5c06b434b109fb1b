/** A site on this machine, and a real browser that opens its pages. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright'
import { chromiumSwitches, findChromium } from '../../../scripts/chromium.ts'

export interface Answer {
  readonly type: 'text/html' | 'text/javascript' | 'application/octet-stream'
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Site {
  /**
   * Opens a page and waits until its title is 'ready'. Then runs `script` in it and returns the
   * result. Throws the first error of the page.
   */
  runInPage<T>(path: string, script: () => T | Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Whether this machine has a browser for a site. */
export const hasBrowser: boolean = findChromium() !== undefined

/** Opens a site whose answers depend on the path alone. Undefined is an error 404. */
export async function openSite(answer: (path: string) => Answer | undefined): Promise<Site> {
  const server = createServer(({ url = '' }, response) => {
    const found = answer(url)
    response.writeHead(found === undefined ? 404 : 200, {
      'Content-Type': found?.type ?? 'text/plain',
      ...found?.headers,
    })
    response.end(found?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    args: [...chromiumSwitches],
  })
  return {
    async runInPage(path, script) {
      const page = await browser.newPage()
      const failed = new Promise<never>((_, reject) => page.on('pageerror', reject))
      try {
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
        await Promise.race([page.waitForFunction(() => document.title === 'ready'), failed])
        return await page.evaluate(script)
      } finally {
        failed.catch(() => undefined)
        await page.close()
      }
    },
    async close() {
      await browser.close()
      server.close()
    },
  }
}
