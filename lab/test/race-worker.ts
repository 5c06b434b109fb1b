/**
 * A worker of the race that answers with made-up results, as the text of a script: so tests of the
 * page know every number, and no load of the machine changes them.
 */

/**
 * `loops` grow with n², `strided` with n, and they cross between 10 and 25. At 25 `toeplitz` is
 * wrong and `fft` runs out of memory; `separable` does not fit. Each size takes 20 ms, and from 100
 * on it ends only when it is stopped.
 */
export const madeUpWorker = `
const point = (median) => ({
  kind: 'measured', samples: [median], calls: 8, median, low: median * 0.9, high: median * 1.1,
  bytes: Math.round(median * 4e6), difference: 1e-7, bound: 1e-6,
})
const standingsAt = (n) => ({
  'article: loops': point(n * n * 1e-4),
  strided: point(n * 2e-3),
  naive: point(n * n * 3e-4),
  toeplitz: n < 25 ? point(n * 9e-3)
    : { kind: 'wrong', index: [0, 0, 7, 7], actual: 1, expected: 2, bound: 1e-6 },
  fft: n < 25 ? point(n * 1e-2) : { kind: 'failed', message: 'Array buffer allocation failed' },
  separable: { kind: 'unsupported', reason: 'a kernel of one axis has nothing to separate' },
})
let waiting
const answer = ({ n, without }, isWhole) => {
  const standings = Object.fromEntries(
    Object.entries(standingsAt(n)).filter(([name]) => !without.includes(name)),
  )
  postMessage({ kind: 'sized', result: {
    n, text: n + 'x' + n + ' * 2x2', flops: 8 * n * n, checked: 48,
    chosen: n < 25 ? 'naive' : 'strided', standings, isWhole,
  } })
}
onmessage = ({ data }) => {
  if (data.kind === 'measure') {
    postMessage({ kind: 'progress', share: 0.5, runner: 'strided' })
    if (data.n < 100) setTimeout(() => answer(data, true), 20)
    else waiting = data
  } else if (waiting) {
    answer(waiting, false)
    waiting = undefined
  }
}
postMessage({ kind: 'clock', stepMs: 0.1, sampleMs: 5 })
`
