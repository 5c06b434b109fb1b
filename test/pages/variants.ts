/**
 * The pages that are tried: with and without cross-origin isolation, under several policies, on the
 * thread of the page and in a worker of the page. What must be found in each?
 */

export type Headers = Readonly<Record<string, string>>

/** What a page reports (app/check.js). */
export interface Found {
  readonly error?: string
  readonly calls: Readonly<Record<string, { differentBits: number; outOfBound: number }>>
  readonly threads: number
  readonly why?: string
  readonly sharedMemory: boolean
  /** Workers that the library started, and their messages. */
  readonly started: number
  readonly posted: number
  /** Directives of the policy that something violated. */
  readonly violations: readonly string[]
}

export interface Variant {
  readonly name: string
  readonly isIsolated: boolean
  readonly policy: PolicyName
  readonly inWorker: boolean
}

const isolation: Headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

type PolicyName = 'none' | 'blob' | 'url' | 'missing' | 'forbidden'

/** What a page allows workers, and whether it names the address of their script. */
interface Policy {
  /** `worker-src` of its Content-Security-Policy. Undefined: it has none. */
  readonly sources: string | undefined
  /** The same for a worker of the page: Firefox applies it to the modules that it imports. */
  readonly sourcesOfWorker: string | undefined
  /** The address of the script: that of the build, or one where nothing is. */
  readonly address: 'build' | 'missing' | undefined
}

const policies: Readonly<Record<PolicyName, Policy>> = {
  none: { sources: undefined, sourcesOfWorker: undefined, address: undefined },
  blob: { sources: 'blob:', sourcesOfWorker: "'self' blob:", address: undefined },
  url: { sources: "'self'", sourcesOfWorker: "'self'", address: 'build' },
  missing: { sources: undefined, sourcesOfWorker: undefined, address: 'missing' },
  forbidden: { sources: "'none'", sourcesOfWorker: "'self'", address: undefined },
}

/** The reason that must be found where workers cannot start. */
const reasons: Partial<Record<PolicyName, RegExp>> = {
  missing: /missing-worker\.js did not load/,
  forbidden: /Content-Security-Policy|CSP/,
}

export const variants: readonly Variant[] = [true, false].flatMap((isIsolated) =>
  [false, true].flatMap((inWorker) =>
    (Object.keys(policies) as PolicyName[]).map((policy): Variant => {
      const name = `${isIsolated ? 'isolated' : 'plain'}-${policy}${inWorker ? '-worker' : ''}`
      return { name, isIsolated, policy, inWorker }
    }),
  ),
)

/** The headers of a file. `inlineHash`: of the import map, if the page has one. */
export function headersFor(
  { isIsolated, policy, inWorker }: Variant,
  isPage: boolean,
  inlineHash: string,
): Headers {
  const { sources, sourcesOfWorker } = policies[policy]
  const workers = inWorker ? sourcesOfWorker : sources
  // A worker has the policy of its own script. That of its page only has to allow it.
  const hasPolicy = workers !== undefined && !(isPage && inWorker)
  const scripts = `script-src 'self' 'wasm-unsafe-eval'${inlineHash}`
  return {
    ...(isIsolated ? isolation : {}),
    ...(hasPolicy
      ? { 'Content-Security-Policy': `default-src 'self'; ${scripts}; worker-src ${workers}` }
      : {}),
  }
}

/** Which address the page gives to `configure({ workerUrl })`. */
export const addressOf = ({ policy }: Variant): Policy['address'] => policies[policy].address

/** What is wrong with the findings of a variant. */
export function faultsOf({ isIsolated, policy }: Variant, found: Found): string[] {
  if (found.error !== undefined) return [found.error]
  const faults: string[] = []
  for (const [name, { differentBits, outOfBound }] of Object.entries(found.calls)) {
    if (differentBits > 0) faults.push(`${name}: ${differentBits} elements differ from Node's`)
    if (outOfBound > 0) faults.push(`${name}: ${outOfBound} elements are out of bound`)
  }
  const { threads, why = '', sharedMemory, started, posted, violations } = found
  const other = violations.filter((directive) => !(policy === 'forbidden' && isWorker(directive)))
  if (other.length > 0) faults.push(`violates ${other}`)
  if (sharedMemory !== isIsolated) faults.push(`sharedMemory is ${sharedMemory}`)
  // Pages that are not isolated have workers, too: boxes go there by transfer.
  const reason = reasons[policy]
  if (reason === undefined) {
    if (threads !== 2) faults.push(`threads is ${threads}, not 2 (${why})`)
    if (started < 2 || posted === 0)
      faults.push(`${started} workers started, and posted ${posted} messages`)
  } else {
    if (threads !== 1) faults.push(`threads is ${threads}, not 1`)
    if (!reason.test(why)) faults.push(`the reason is '${why}'`)
    if (posted > 0) faults.push(`workers posted ${posted} messages`)
  }
  return faults
}

const isWorker = (directive: string): boolean => directive.startsWith('worker-src')
