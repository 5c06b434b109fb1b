/**
 * The lab server serves the files that existed when it started, to this machine only. No request
 * can stop it.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabServer, serveLab } from '../src/lab-server.ts'

const around = mkdtempSync(join(tmpdir(), 'stridefold-lab-'))
const folder = join(around, 'lab')
let server: LabServer

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(around, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>lab</title>')
  writeFileSync(join(folder, 'embed.html'), '<!doctype html><title>embed</title>')
  writeFileSync(join(folder, 'assets', 'main.js'), 'export const lab = 1')
  symlinkSync(join(around, 'secret.txt'), join(folder, 'link.txt'))
  server = await serveLab(folder, 0)
})

afterAll(async () => {
  await server.close()
  rmSync(around, { recursive: true, force: true })
})

/** The response to exactly these bytes. */
function sent(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.end(bytes.replaceAll('\n', '\r\n').replaceAll('HOST', `${hostname}:${port}`)),
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    // A closed connection counts as a response too.
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
}

const get = (path: string): Promise<string> =>
  sent(`GET ${path} HTTP/1.1\nHost: HOST\nConnection: close\n\n`)

test('files with their types, even after they are deleted from disk', async () => {
  const fetchAll = async (): Promise<(string | null)[]> => {
    const [page, script] = await Promise.all([
      fetch(server.address),
      fetch(`${server.address}assets/main.js`),
    ])
    return [
      page.headers.get('content-type'),
      await page.text(),
      script.headers.get('content-type'),
      await script.text(),
    ]
  }
  const answer = [
    'text/html; charset=utf-8',
    '<!doctype html><title>lab</title>',
    'text/javascript; charset=utf-8',
    'export const lab = 1',
  ]
  expect(await fetchAll()).toEqual(answer)
  rmSync(join(folder, 'assets'), { recursive: true })
  expect(await fetchAll()).toEqual(answer)
})

test.each([
  ['', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', undefined],
  ['*', 'br'],
  ['*;q=0, identity', undefined],
  ['GZIP; q=0.5', 'gzip'],
])('to a browser that accepts %j a file is sent as %j', async (accepted, encoding) => {
  const header = accepted === '' ? '' : `Accept-Encoding: ${accepted}\n`
  const answer = await sent(`GET / HTTP/1.1\nHost: HOST\nConnection: close\n${header}\n`)
  expect(/content-encoding: (.+)\r/i.exec(answer)?.[1]).toBe(encoding)
  expect(answer).toMatch(/vary: accept-encoding/i)
  expect(answer.includes('<title>lab</title>')).toBe(encoding === undefined)
})

test.each(['gzip', 'br'])('%s is decoded to the same bytes', async (encoding) => {
  const response = await fetch(server.address, { headers: { 'Accept-Encoding': encoding } })
  expect(await response.text()).toBe('<!doctype html><title>lab</title>')
})

test('one page alone may be shown in a frame', async () => {
  const policy = async (path: string): Promise<string | null> =>
    (await fetch(`${server.address}${path}`)).headers.get('content-security-policy')
  for (const path of ['', 'index.html', 'assets/main.js', 'missing', 'embed.html/x'])
    expect(await policy(path), path).toContain("frame-ancestors 'none'")
  const [embed, page] = [await policy('embed.html'), await policy('')]
  expect(embed).toBe(page!.replace("frame-ancestors 'none'", 'frame-ancestors *'))
  const redirect = await fetch(`${server.address}?embed`, { redirect: 'manual' })
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'embed.html'])
})

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/..\\secret.txt',
  '//secret.txt',
  '/link.txt',
  '/assets',
  '/assets/',
  '/%',
  '/index.html\0',
  '/constructor',
  '/__proto__',
])('nothing else: %s', async (path) => {
  const text = await get(path)
  expect(text).toMatch(/^HTTP\/1\.1 (404|400) /)
  expect(text).not.toContain('secret\n')
})

test('HEAD has no body, and a range request returns the whole file', async () => {
  const head = await fetch(server.address, {
    method: 'HEAD',
    headers: { 'Accept-Encoding': 'identity' },
  })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
    200,
    '33',
    '',
  ])
  const part = await fetch(server.address, { headers: { range: 'bytes=2-5' } })
  expect([part.status, part.headers.get('accept-ranges'), (await part.text()).length]).toEqual([
    200,
    'none',
    33,
  ])
})

test.each([
  [
    'another method',
    'POST / HTTP/1.1\nHost: HOST\nContent-Length: 5\n\n12345',
    /^HTTP\/1\.1 405 [\s\S]*\r\nallow: get, head\r\n/i,
  ],
  ['a made-up method', 'BREW / HTTP/1.1\nHost: HOST\n\n', /^HTTP\/1\.1 400 /],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\nHost: HOST\n\n', /^$/],
  [
    'an upgrade',
    'GET / HTTP/1.1\nHost: HOST\nConnection: Upgrade\nUpgrade: websocket\n\n',
    /^HTTP\/1\.1 200 /,
  ],
  ['another host', 'GET / HTTP/1.1\nHost: example.org\n\n', /^HTTP\/1\.1 403 /],
  ['no host', 'GET / HTTP/1.1\n\n', /^HTTP\/1\.1 400 /],
  ['no request', '\x16\x03\x01 hello', /^(HTTP\/1\.1 400 |$)/],
  ['half a request', 'GET / HTT', /^(HTTP\/1\.1 400 |$)/],
  [
    'long headers',
    `GET / HTTP/1.1\nHost: HOST\nX: ${'x'.repeat(100_000)}\n\n`,
    /^(HTTP\/1\.1 431 |$)/,
  ],
])('%s is answered, and the server goes on', async (_, bytes, answer) => {
  expect(await sent(bytes)).toMatch(answer)
  expect((await fetch(server.address)).status).toBe(200)
})
