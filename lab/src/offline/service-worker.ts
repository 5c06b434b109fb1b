/**
 * Caches every file of the build, so that the page works offline. Adds the two headers that shared
 * memory needs, for hosts that do not send them.
 *
 * The build writes the list of files and a version into this file. A new version waits until the
 * page tells it to take over.
 */

// The build (vite.config.ts) replaces these with the list of files and the version.
declare const __FILES__: readonly string[]
declare const __VERSION__: string

const files = __FILES__
const cacheName = `stridefold-lab-${__VERSION__}`

interface ExtendableWorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface FetchRequestEvent extends ExtendableWorkerEvent {
  readonly request: Request
  respondWith(respond: Promise<Response>): void
}

// TypeScript cannot load the types of workers and of pages together. These are the parts of
// ServiceWorkerGlobalScope that this file uses.
const worker = self as unknown as {
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(
    name: 'install' | 'activate',
    listener: (event: ExtendableWorkerEvent) => void,
  ): void
  addEventListener(name: 'fetch', listener: (event: FetchRequestEvent) => void): void
  addEventListener(name: 'message', listener: (event: MessageEvent) => void): void
}

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...files])))
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => isOurs(name) && name !== cacheName)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => worker.clients.claim()),
  )
})

worker.addEventListener('message', (event) => {
  if (event.data === 'take over') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && new URL(event.request.url).origin === location.origin)
    event.respondWith(respond(event.request))
})

const isOurs = (name: string): boolean => name.startsWith('stridefold-lab-')

async function respond(request: Request): Promise<Response> {
  const cached = await (await caches.open(cacheName)).match(request, {
    ignoreSearch: request.mode === 'navigate',
  })
  return withIsolationHeaders(cached ?? (await fetch(request)))
}

function withIsolationHeaders(response: Response): Response {
  if (response.status === 0) return response
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  })
}
