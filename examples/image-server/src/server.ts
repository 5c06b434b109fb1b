/**
 * `POST /filter?filter=blur&amount=3` with a picture as its body answers with a PNG file.
 *
 * A client that goes away, a time that is over and a server that ends all abort the same signal,
 * which ends the calculation within 100 ms.
 */

import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { close } from 'stridefold'
import { filterPicture, settingsFrom } from './filter-picture.ts'
import { maxBytes, maxMilliseconds, maxRunning, Refusal } from './limits.ts'

const shutdown = new AbortController()
let running = 0

const app = express()
app.disable('x-powered-by')
app.use(log)

app.post('/filter', admit, express.raw({ type: () => true, limit: maxBytes }), answer)
app.get('/health', (_, response) => void response.json({ running, maxRunning }))
app.use((request) => {
  throw new Refusal(404, `There is no ${request.method} ${request.path}. Use POST /filter.`)
})
app.use(refuse)

const server = app.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1')
server.requestTimeout = 30_000 // for an upload that arrives
server.on('listening', () => {
  const { address, port } = server.address() as AddressInfo
  console.log(`http://${address}:${port}`)
})
server.on('error', (error) => {
  console.error(error.message)
  process.exitCode = 1
})
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, end)

/** Prints one line for each request, when it is answered or its client has gone. */
function log(request: Request, response: Response, next: NextFunction): void {
  const start = performance.now()
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 'cancelled'
    const milliseconds = (performance.now() - start).toFixed(0)
    console.log(`${request.method} ${request.originalUrl} ${status} ${milliseconds} ms`)
  })
  next()
}

/** Lets a few uploads in at the same time. The others must not even send their bytes. */
function admit(_: Request, response: Response, next: NextFunction): void {
  if (running >= maxRunning) {
    response.set({ 'Retry-After': '1', Connection: 'close' })
    throw new Refusal(503, 'The server is busy. Try again in a second.')
  }
  running++
  response.once('close', () => running--)
  next()
}

async function answer(request: Request, response: Response): Promise<void> {
  const settings = settingsFrom(new URL(request.originalUrl, 'http://localhost').searchParams)
  // Without a body there is no buffer, or an empty one.
  const file: unknown = request.body
  if (!Buffer.isBuffer(file) || file.length === 0)
    throw new Refusal(400, 'Send a picture as the body.')
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signals = [gone.signal, shutdown.signal, AbortSignal.timeout(maxMilliseconds)]
  response.type('png').send(await filterPicture(file, settings, AbortSignal.any(signals)))
}

/** Every error becomes a status and a sentence. Only our own faults are printed. */
function refuse(error: unknown, _: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error)
  // Nobody is there to read the answer.
  if (response.destroyed) return
  const { status, message } = statusOf(error)
  if (status === 500) console.error(error)
  response.status(status).json({ error: message })
}

function statusOf(error: unknown): { status: number; message: string } {
  if (error instanceof Refusal) return error
  if (shutdown.signal.aborted) return { status: 503, message: 'The server ends.' }
  if (error instanceof Error && error.name === 'TimeoutError')
    return { status: 503, message: `This takes longer than ${maxMilliseconds / 1000} s.` }
  // express.raw: the upload is too large, or was cut off.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    const { status, message } = error
    return { status, message: status === 413 ? `At most ${maxBytes} bytes are taken.` : message }
  }
  return { status: 500, message: 'This is a fault of the server.' }
}

/** Takes no more requests, ends those that run, and gives the workers back. */
function end(): void {
  server.close(() => void close())
  shutdown.abort()
}
