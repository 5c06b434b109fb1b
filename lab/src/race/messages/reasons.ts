/**
 * Why a runner does not run, in the language of the page. The library and the browser write English
 * only, so a sentence is recognised by its words.
 */

interface Reason {
  readonly pattern: RegExp
  /** Undefined if the sentence stays as it is. */
  readonly en?: string
  readonly zh: string
}

export const reasons: readonly Reason[] = [
  {
    pattern: /^a kernel of one axis has nothing to separate$/,
    zh: '一维卷积核没有可分离的维度',
  },
  {
    pattern: /^it separates only single kernels, not weights with several channels or filters$/,
    zh: '只能分离单个卷积核，不能处理多个通道或滤波器的权重',
  },
  {
    pattern:
      /^the kernel is a sum of at least (\d+) products of one-dimensional kernels, and \d+ are .*$/,
    en: 'the kernel is not separable: it takes $1 products of 1-D kernels',
    zh: '卷积核不可分离：需要 $1 个一维卷积核的乘积之和',
  },
  {
    pattern: /^too few channels to sum \((\d+)\): its transforms take longer than they save$/,
    en: 'only $1 to sum over: its transforms take longer than they save',
    zh: '只对 $1 个通道求和：变换所花的时间多于节省的时间',
  },
  {
    pattern: /^cannot reshape array of size (\d+) into shape \((\d+),(\d+)\)$/,
    en: 'cannot reshape array of size $1 into shape ($2,$3). The article’s code fits only 2 × 2 kernels',
    zh: '无法把 $1 个元素的数组重排成 ($2,$3)。文章的代码只适用于 2 × 2 的卷积核',
  },
  {
    pattern: /^(.*\b(?:allocation failed|out of memory|Invalid (?:typed )?array length)\b.*)$/i,
    en: 'not enough memory ($1)',
    zh: '内存不足（$1）',
  },
]

/** The sentence in this language; undefined if it is not known. */
export function reasonIn(language: 'en' | 'zh', sentence: string): string | undefined {
  const reason = reasons.find(({ pattern }) => pattern.test(sentence))
  const text = reason?.[language]
  return reason && text !== undefined
    ? sentence.replace(reason.pattern, text)
    : language === 'en'
      ? sentence
      : undefined
}
