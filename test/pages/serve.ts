/** A site on this machine whose answers depend on the path alone. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly type: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export async function serve(
  answer: (path: string) => Answer,
): Promise<{ readonly address: string; close(): void }> {
  const server = createServer(({ url = '' }, response) => {
    const { type, body, headers } = answer(url)
    response.writeHead(200, { 'Content-Type': type, ...headers })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() }
}
