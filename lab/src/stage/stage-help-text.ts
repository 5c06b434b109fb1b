/**
 * The help of the first screen in both languages. It is loaded with the help.
 */

import type { Language } from '../state/state.ts'

export interface HelpText {
  readonly title: string
  readonly lines: readonly string[]
  readonly keyColumn: string
  readonly actionColumn: string
  readonly keys: readonly (readonly [keys: string, action: string])[]
  readonly singleKeys: string
  readonly workspace: string
  readonly close: string
}

const en: HelpText = {
  title: 'Help',
  lines: [
    'Drag the frame over the picture, or press Play. The output fills where the frame has passed.',
    'Type your own weights. Fractions such as 1/9 are numbers too.',
    'Every drawing at the foot of the page opens beside the picture. It shows the same products.',
    'The address of the page holds everything that you see. Share it to share the page.',
    'After the first visit the page works offline. Your data stays on this device.',
  ],
  keyColumn: 'Key',
  actionColumn: 'Action',
  keys: [
    ['← ↑ → ↓', 'move the frame, with Shift by five; move in a grid of numbers'],
    ['Home, End', 'first or last place of the row; with Ctrl, of the output'],
    ['Space', 'play and pause'],
    [', .', 'one place back or on'],
    ['{ }', 'one row back or on'],
    ['1 – 7', 'open or close a view'],
    ['F', 'turn the kernel by 180°: convolution or correlation'],
    ['P', 'start or end the presentation'],
    ['O', 'open numbers, a file or a call; pasting does the same'],
    ['E', 'save or copy: picture, numbers, code'],
    ['PgUp, PgDn', 'in a presentation: the next telling place'],
    ['S', 'in a presentation: the speaker’s window'],
    ['Esc', 'close what is open'],
    ['?', 'this help'],
  ],
  singleKeys: 'Single keys act (Space, letters, digits, signs)',
  workspace: 'Open all views with all controls',
  close: 'Close',
}

const zh: HelpText = {
  title: '帮助',
  lines: [
    '在图片上拖动窗口，或按播放。窗口经过的地方，输出随之填上。',
    '权重可以直接修改，也可以写成 1/9 这样的分数。',
    '页面底部的每个小图都能在图片旁边打开，展示的是同样的乘积。',
    '网址包含您看到的全部内容。分享网址，就是分享这个页面。',
    '首次访问之后，页面可以离线使用。数据不会离开这台设备。',
  ],
  keyColumn: '按键',
  actionColumn: '作用',
  keys: [
    ['← ↑ → ↓', '移动窗口，加 Shift 移动五格；在数字网格中移动'],
    ['Home、End', '本行的第一个或最后一个位置；加 Ctrl 为整个输出'],
    ['空格', '播放和暂停'],
    [', .', '后退或前进一个位置'],
    ['{ }', '后退或前进一行'],
    ['1 – 7', '打开或关闭一个视图'],
    ['F', '把卷积核旋转 180°：卷积或互相关'],
    ['P', '开始或结束演示'],
    ['O', '打开数字、文件或调用；直接粘贴也可以'],
    ['E', '保存或复制：图片、数值、代码'],
    ['PgUp、PgDn', '演示时：下一个值得讲的位置'],
    ['S', '演示时：演讲者窗口'],
    ['Esc', '关闭打开的部分'],
    ['?', '本帮助'],
  ],
  singleKeys: '启用单键快捷键（空格、字母、数字、符号）',
  workspace: '打开全部视图和全部控件',
  close: '关闭',
}

export const helpTexts: Readonly<Record<Language, HelpText>> = { en, zh }
