/**
 * The sentences of the library that can reach the page, and their Chinese. The holes of the English
 * sentence are numbered in their order. The first sentence that fits is used, so the special one
 * stands before the general one.
 *
 * `refusals.test.ts` tries hundreds of wrong inputs and fails if a sentence is missing here.
 */

type Pair = readonly [english: string, chinese: string]

/** Why a cell has no products. */
const reasons: readonly Pair[] = [
  [
    'No connection: they are of different batch items, {1} and {2}.',
    '没有连接：两者属于不同的样例（{1} 和 {2}）。',
  ],
  [
    'No connection: filter {1} and channel {2} are of different groups.',
    '没有连接：滤波器 {1} 与通道 {2} 属于不同的分组。',
  ],
  [
    'No connection: the window of output [{1}] does not hold this sample.',
    '没有连接：输出 [{1}] 的窗口不包含这个样本。',
  ],
  [
    'No window reads this sample: the stride or a crop skips it.',
    '没有窗口读取这个样本：被步幅或裁剪跳过。',
  ],
  [
    'This weight meets no sample: there is no output, or only zeros between samples lie under it.',
    '这个权重不与任何样本相乘：没有输出，或权重下只有样本之间的零。',
  ],
  [
    'This cell is a zero between two samples: it is never multiplied.',
    '这个单元是两个样本之间的零，不参与相乘。',
  ],
  [
    'Nothing is multiplied here: no sample meets a weight, so the output is 0 (or the bias).',
    '这里没有乘法：没有样本与权重相乘，因此输出为 0（或偏置）。',
  ],
  ['Byte {1} belongs to no element of the input.', '字节 {1} 不属于输入的任何元素。'],
  [
    'Byte {1} belongs to input {2}, which no window reads.',
    '字节 {1} 属于输入 {2}，没有窗口读取它。',
  ],
]

/** Case notation: what is wrong, and what is expected there. */
const notation: readonly Pair[] = [
  [
    'case {1}, character {2}: found the end, expected {3}.',
    '算例 {1}，第 {2} 个字符：文本到此结束，此处应为{3!}。',
  ],
  [
    'case {1}, character {2}: found {3}, expected {4}.',
    '算例 {1}，第 {2} 个字符：此处写的是 {3}，应为{4!}。',
  ],
  ['extents such as 1x3x32x32', '各轴长度，例如 1x3x32x32'],
  ["'*' between input and kernel", '输入与卷积核之间的“*”'],
  ['{1} extents, as many as the input has', ' {1} 个长度，与输入的个数相同'],
  ['kernel extents ≥ 1', '不小于 1 的卷积核长度'],
  [
    'filters × {1} channels ({2} in {3} group); a volume is written {4}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个）；三维数据写作 {4}',
  ],
  [
    'filters × {1} channels ({2} in {3} groups); a volume is written {4}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个）；三维数据写作 {4}',
  ],
  [
    'filters × {1} channels ({2} in {3} group), or groups {4}; a volume is written {5}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个），或写分组 {4}；三维数据写作 {5}',
  ],
  [
    'filters × {1} channels ({2} in {3} groups), or groups {4}; a volume is written {5}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个），或写分组 {4}；三维数据写作 {5}',
  ],
  [
    'filters × {1} channels ({2} in {3} group), or groups {4}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个），或写分组 {4}',
  ],
  [
    'filters × {1} channels ({2} in {3} groups), or groups {4}',
    '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个），或写分组 {4}',
  ],
  ['filters × {1} channels ({2} in {3} group)', '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个）'],
  ['filters × {1} channels ({2} in {3} groups)', '“滤波器数 × {1} 个通道”（{3} 组共 {2} 个）'],
  ['filters that {1} groups can share evenly', '可由 {1} 个分组平分的滤波器数'],
  ['extents that a double holds exactly', '双精度浮点数能精确表示的长度'],
  ["'x' and another extent, or a blank and a token", '“x”和下一个长度，或空格和一个标记'],
  [
    'a token: s, d, i, p or g with numbers, {1} or constant=NUMBER, flip or f64. {2}',
    '一个标记：s、d、i、p、g 加数字，{1*}，constant=数，flip，f64。{2!}',
  ],
  [
    'a token: s, d, i, p or g with numbers, {1} or constant=NUMBER, flip or f64',
    '一个标记：s、d、i、p、g 加数字，{1*}，constant=数，flip，f64',
  ],
  ['{1} only once', '只写一次的{1!}'],
  ['one value for all axes, or {1}: one per axis', '一个用于所有轴的值，或 {1} 个值（每个轴一个）'],
  ['padding', '填充'],
  ['stride', '步幅'],
  ['dilation', '膨胀'],
  ['inputDilation', '输入膨胀'],
  ['groups', '分组'],
  ['boundary', '边界'],
  ['flip', 'flip'],
  ['dtype', '数据类型'],
  ['f32 or f64', ' f32 或 f64'],
  [
    'border= and zero, edge, reflect, symmetric, wrap or constant=NUMBER, for all axes or one per axis',
    ' border= 加 zero、edge、reflect、symmetric、wrap 或 constant=数，用于所有轴，或每个轴一个',
  ],
  [
    'zero, edge, reflect, symmetric, wrap or constant=NUMBER',
    ' zero、edge、reflect、symmetric、wrap 或 constant=数',
  ],
  ['g and a whole number ≥ 1, such as {1}', ' g 加不小于 1 的整数，例如 {1}'],
  ['{1} and whole numbers ≥ 1, such as {2} or {3}', ' {1} 加不小于 1 的整数，例如 {2} 或 {3}'],
  [
    'p and whole numbers, such as p1, p1,2 or p1:2,0:3 (before:after of each axis)',
    ' p 加整数，例如 p1、p1,2 或 p1:2,0:3（每个轴的“前:后”）',
  ],
]

/** Problems that no one can compute, or that the lab does not show. */
const sizes: readonly Pair[] = [
  [
    "kernel {1} does not fit input {2} without padding: the window needs at least {3}. Add padding, or use 'same' or 'full'.",
    '卷积核 {1} 放不进没有填充的输入 {2}：窗口至少需要 {3}。请增加填充，或用 same 或 full。',
  ],
  [
    "kernel {1} does not fit input {2} padded to {3}: the window needs at least {4}. Add padding, or use 'same' or 'full'.",
    '卷积核 {1} 放不进输入 {2}（填充后为 {3}）：窗口至少需要 {4}。请增加填充，或用 same 或 full。',
  ],
  [
    'An axis of {1} samples under {2} weights with stride {3}, dilation {4}, input dilation {5} and padding {6} has positions above 2⁵³, which cannot be counted. Use smaller numbers.',
    '一个轴有 {1} 个样本、{2} 个权重，步幅 {3}，膨胀 {4}，输入膨胀 {5}，填充 {6}：位置超过 2⁵³，无法计数。请改用较小的数。',
  ],
  [
    'A geometry has {1} samples, more than can be counted (2⁵³). Use smaller numbers.',
    '输入有 {1} 个样本，超过可计数的上限 2⁵³。请改用较小的数。',
  ],
  [
    'A geometry has {1} weights, more than can be counted (2⁵³). Use smaller numbers.',
    '卷积核有 {1} 个权重，超过可计数的上限 2⁵³。请改用较小的数。',
  ],
  [
    'A geometry has {1} results, more than can be counted (2⁵³). Use smaller numbers.',
    '输出有 {1} 个结果，超过可计数的上限 2⁵³。请改用较小的数。',
  ],
  ["A geometry's axes are {1}: at most {2} are possible.", '共有 {1} 个轴，最多只能有 {2} 个。'],
  [
    'the problem has {1} axes, but the lab shows at most {2}',
    '此算例有 {1} 个轴，本实验室最多显示 {2} 个。',
  ],
  ['an array is empty, so there is nothing to draw', '有一个数组为空，没有可绘制的内容。'],
  [
    'an array has more than {1} elements, the limit of the lab',
    '有一个数组的元素多于 {1} 个，超出本实验室的上限。',
  ],
  [
    'the problem has {1} products, but the limit of the lab is {2}',
    '此算例有 {1} 个乘积，本实验室的上限为 {2} 个。',
  ],
  [
    'the kernel has {1} weights, but the limit of the lab is {2}',
    '卷积核有 {1} 个权重，本实验室的上限为 {2} 个。',
  ],
]

/** `solveShape`: refusals, answers, and the reasons of each convention. */
const solver: readonly Pair[] = [
  [
    'solveShape: nothing is left out, so there is nothing to find. Leave one number out.',
    '没有留空的项，因此没有要求解的数。请将一项留空。',
  ],
  ['solveShape: to find {1}, {2} must be given too.', '要求解{1!}，还须给出{2!}。'],
  [
    "solveShape: option 'dialect' is {1}; it must be one of {2}. {3}",
    '约定 {1} 无效，须为 {2*} 之一。{3!}',
  ],
  [
    "solveShape: option 'dialect' is {1}; it must be one of {2}.",
    '约定 {1} 无效，须为 {2*} 之一。',
  ],
  ['solveShape has no number {1}. It takes {2}.', '没有名为 {1} 的数，可以写 {2*}。'],
  [
    'solveShape: padding is {1}; it must be a whole number, [before, after] or a name: {2}. {3}',
    '填充为 {1}；须为整数、“前:后”或以下名称之一：{2*}。{3!}',
  ],
  [
    'solveShape: padding is {1}; it must be a whole number, [before, after] or a name: {2}.',
    '填充为 {1}；须为整数、“前:后”或以下名称之一：{2*}。',
  ],
  ['solveShape: {1} is {2}; it must be a whole number ≥ 1.', '{1!}为 {2}；须为不小于 1 的整数。'],
  [
    'solveShape: these numbers need {1} trials, but at most {2} are possible. Use smaller numbers.',
    '这些数需要试 {1} 次，最多只能试 {2} 次。请改用较小的数。',
  ],
  ['{1} is not a number of an axis', '{1} 不是轴的数，请写“名称:数”'],
  [
    'The window of {1} sample does not fit: {2} = {3} positions.',
    '窗口有 {1} 个样本，放不进去：{2} = {3} 个位置。',
  ],
  [
    'The window of {1} samples does not fit: {2} = {3} positions.',
    '窗口有 {1} 个样本，放不进去：{2} = {3} 个位置。',
  ],
  ['output {1} = {2}', '输出 {1} = {2}'],
  ['No {1} gives output {2}. {3}', '没有{1!}能使输出为 {2}。{3!}'],
  ['No {1} gives output {2}: {3}, {4}.', '没有{1!}能使输出为 {2}：{3!}，{4!}。'],
  ['No {1} gives output {2}: {3}.', '没有{1!}能使输出为 {2}：{3!}。'],
  ['{1} {2} gives {3}', '{1!}为 {2} 时输出为 {3}'],
  [
    "{1} needs a mode ('full', 'same' or 'valid') instead of padding {2}.",
    '{1} 需要模式（full、same 或 valid），不接受填充 {2}。',
  ],
  ["ONNX has no auto_pad for '{1}'.", 'ONNX 的 auto_pad 没有 {1}。'],
  ["{1} has no padding '{2}'.", '{1} 没有名为 {2} 的填充。'],
  [
    "PyTorch does not support padding 'same' with a stride above 1: give the padding as a number.",
    'PyTorch 在步幅大于 1 时不支持填充 same，请将填充写成数。',
  ],
  [
    'TensorFlow does not support a stride above 1 together with a dilation above 1.',
    'TensorFlow 不支持步幅和膨胀同时大于 1。',
  ],
  ["The article has no mode '{1}'.", '文章中没有模式 {1}。'],
  ['input and kernel', '输入和卷积核'],
  ['input', '输入'],
  ['kernel', '卷积核'],
  ['output', '输出'],
]

/** What the writer of a wrong name may have meant: the end of a message. */
const suggestions: readonly Pair[] = [
  ['Did you mean {1}, which is {2}?', '是否想写 {1}（即 {2}）？'],
  ['Did you mean {1}?', '是否想写 {1}？'],
  ['{1} means {2}, {3}', '{1} 表示 {2}，{3!}'],
  ['{1} means {2}', '{1} 表示 {2}'],
]

/** Views of the input's memory. */
const views: readonly Pair[] = [
  [
    'index [{1}] would be element {2} of data that holds {3}: shape [{4}] with strides [{5}] and offset {6} leaves the data there. Shrink the shape or change strides or offset.',
    '下标 [{1}] 对应元素 {2}，但数据只有 {3} 个元素：形状 [{4}]、内存跨距 [{5}]、偏移 {6} 在此超出数据。请缩小形状，或修改内存跨距或偏移。',
  ],
]

/** Parts of a link. The general sentences are last. */
const links: readonly Pair[] = [
  ['a link must start with {1}', '链接须以 {1} 开头'],
  ['{1} is not a setting of the picture', '图片没有 {1} 这一设置'],
  ['{1} is not a setting of a filter', '滤波器没有 {1} 这一设置'],
  ['there are more than {1} filters', '滤波器多于 {1} 个'],
  ['a kernel cannot be divided by 0', '卷积核不能除以 0'],
  [
    'a kernel of {1}×{2} is not from {3}×{4} to {5}×{6}',
    '{1}×{2} 的卷积核不在 {3}×{4} 到 {5}×{6} 之间',
  ],
  ['a kernel of {1}×{2} has {3} weights', '{1}×{2} 的卷积核有 {3} 个权重'],
  ['{1} is not a setting', '没有名为 {1} 的设置'],
  ['{1} is not text of an address', '{1} 不是地址中的有效文本'],
  ['{1} numbers, but a link can hold at most {2}', '共有 {1} 个数，链接最多可写 {2} 个'],
  ['input has {1} numbers, but {2} needs {3}', '输入有 {1} 个数，但算例 {2} 需要 {3} 个'],
  ['kernel has {1} numbers, but {2} needs {3}', '卷积核有 {1} 个数，但算例 {2} 需要 {3} 个'],
  ['a view of shape {1} has no such cell', '形状为 {1} 的视图没有这个单元'],
  ['element {1} of the input is not {2}', '输入的元素 {1} 不是 {2}'],
  ['byte {1} is not in the input, which has {2} bytes', '字节 {1} 不在输入中，输入共 {2} 个字节'],
  ['{1} [{2}] is not in an array of shape [{3}]', '下标 [{2}] 不在形状为 [{3}] 的数组（{1!}）中'],
  ['the picture {1} is one plane of {2} numbers', '图片 {1} 是一个 {2} 的平面'],
  [
    '{1} is not a view. Write shape/strides/offset, such as {2}',
    '{1} 不是视图。请写“形状/内存跨距/偏移”，例如 {2}',
  ],
  [
    '{1} is not a write. Write element:before, such as {2}',
    '{1} 不是写入记录。请写“元素:原值”，例如 {2}',
  ],
  ['a view can have at most {1} cells', '视图最多有 {1} 个单元'],
  ['strides and offset must be from {1} to {2}', '内存跨距和偏移须在 {1} 到 {2} 之间'],
  ['{1} is not a cell of a view', '{1} 不是视图的单元'],
  ['{1} is not a cell', '{1} 不是单元'],
  ['{1} is not one of {2} ({3})', '{1} 不是以下之一：{2*}（{3!}）'],
  ['{1} is not one of {2}', '{1} 不是以下之一：{2*}'],
  ['{1} is not from {2} to {3}', '{1} 不在 {2} 到 {3} 之间'],
  ['{1} is not a step. Steps count from {2}', '{1} 不是步骤。步骤从 {2} 开始编号'],
  ['{1} is not an integer', '{1} 不是整数'],
  ['{1} is not a number', '{1} 不是数'],
]

export const librarySentences: readonly Pair[] = [
  ...reasons,
  ...notation,
  ...sizes,
  ...views,
  ...solver,
  ...suggestions,
  ...links,
]
