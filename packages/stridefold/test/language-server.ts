/**
 * What does an editor show for a name? Asks TypeScript's language server, as an editor does: JSON
 * messages over standard input and output, each after a header with its length.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))

/** What the editor shows: the declaration in one line of code, and the documentation below. */
export interface QuickInfo {
  readonly declaration: string
  readonly documentation: string
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: { readonly contents: { readonly value: string } }
}

/**
 * Returns the quick info of each name in the statement `import { … } from 'specifier'`, as if the
 * statement were in `file`. The file need not exist.
 */
export async function quickInfo(
  file: string,
  specifier: string,
  names: readonly string[],
): Promise<QuickInfo[]> {
  const server = spawn(process.execPath, [compiler, '--lsp', '--stdio'])
  try {
    const ask = connection(server)
    const uri = pathToFileURL(file).href
    await ask('initialize', {
      processId: process.pid,
      rootUri: new URL('.', uri).href,
      capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
    })
    ask('initialized', {}, false)
    const text = `import {\n${names.join(',\n')}\n} from '${specifier}'\n`
    const document = { uri, languageId: 'typescript', version: 1, text }
    ask('textDocument/didOpen', { textDocument: document }, false)
    const answers = names.map(async (_, i) => {
      const position = { line: i + 1, character: 0 }
      const { result } = await ask('textDocument/hover', { textDocument: { uri }, position })
      const [, declaration = '', documentation = ''] =
        /^```\w+\n([\s\S]*?)\n```\n?([\s\S]*)$/.exec(result?.contents.value ?? '') ?? []
      return { declaration, documentation }
    })
    return await Promise.all(answers)
  } finally {
    server.kill()
  }
}

/** Returns a function that sends a message and waits for the answer, unless there is none. */
function connection(
  server: ChildProcess,
): (method: string, params: object, answered?: boolean) => Promise<Message> {
  const waiting = new Map<number, (answer: Message) => void>()
  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  let received = Buffer.alloc(0)
  server.stdout!.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const start = received.indexOf('\r\n\r\n') + 4
      const length = Number(/Content-Length: (\d+)/.exec(received.toString('latin1'))?.[1])
      if (start < 4 || received.length < start + length) return
      const message: Message = JSON.parse(received.toString('utf8', start, start + length))
      received = received.subarray(start + length)
      // A message with a method is a question of the server, such as one about its settings.
      if (message.method === undefined) waiting.get(message.id!)?.(message)
      else if (message.id !== undefined) send({ id: message.id, result: null })
    }
  })
  let last = 0
  return (method, params, answered = true) => {
    if (answered) last++
    send({ method, params, ...(answered && { id: last }) })
    return answered ? new Promise((resolve) => waiting.set(last, resolve)) : Promise.resolve({})
  }
}
