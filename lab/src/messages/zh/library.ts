/**
 * Translates messages of the library into Chinese. The library writes English only, so each message
 * is recognised by a pattern.
 */

const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /^No connection: they are of different batch items, (.*)\.$/,
    '没有连接：两者属于不同的样例（$1）。',
  ],
  [
    /^No connection: filter (\d+) and channel (\d+) are of different groups\.$/,
    '没有连接：滤波器 $1 与通道 $2 属于不同的分组。',
  ],
  [
    /^No connection: the window of output (\[.*\]) does not hold this sample\.$/,
    '没有连接：输出 $1 的窗口不包含这个样本。',
  ],
  [/^No window reads this sample.*$/, '没有窗口读取这个样本：被步幅或裁剪跳过。'],
  [/^This weight meets no sample.*$/, '这个权重不与任何样本相乘。'],
  [/^This cell is a zero between two samples.*$/, '这个单元是两个样本之间的零，不参与相乘。'],
  [/^Nothing is multiplied here.*$/, '这里没有乘法：没有样本与权重相乘。'],
  [
    new RegExp(
      String.raw`^index \[(.*?)\] would be element (-?\d+) of data that holds (\d+): ` +
        String.raw`shape \[(.*?)\] with strides \[(.*?)\] and offset (-?\d+) ` +
        String.raw`leaves the data there\. .*$`,
    ),
    '下标 [$1] 对应元素 $2，但数据只有 $3 个元素：形状 [$4]、内存跨距 [$5]、偏移 $6 在此超出数据。请缩小形状，或修改内存跨距或偏移。',
  ],
  [/^Byte (\d+) belongs to no element of the input\.$/, '字节 $1 不属于输入的任何元素。'],
  [
    /^Byte (\d+) belongs to input (.*), which no window reads\.$/,
    '字节 $1 属于输入 $2，没有窗口读取它。',
  ],
]

/** The message in Chinese. A message that matches no pattern stays in English. */
export function translateSentence(sentence: string): string {
  const [pattern, text] = patterns.find(([pattern]) => pattern.test(sentence)) ?? [/$^/, '']
  return sentence.replace(pattern, text)
}
