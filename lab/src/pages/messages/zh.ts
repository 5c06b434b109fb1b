import type { MenuMessages } from './en.ts'

export const zh: MenuMessages = {
  title: '更多内容',
  close: '关闭',
  stories: {
    name: '讲解',
    what: '两篇文章，一步一步，用文中的数字，也包括其中的错误；也可以打开自己的讲解。',
  },
  pages: {
    stack: {
      name: '通道',
      what: '多个通道和滤波器、分组与逐通道卷积，显示为可以转动的平面',
    },
    adding: {
      name: '累加',
      what: '每个样本向输出送出什么；转置卷积及其棋盘格',
    },
    winograd: {
      name: 'Winograd',
      what: '一个分块，一步一步：乘法更少，以及精度上的代价',
    },
    fft: { name: 'FFT', what: '卷积就是频谱相乘：两枚骰子、多项式、竖式乘法' },
    race: { name: '赛跑', what: '在这台设备上给每种算法计时，并与文章的数字对照。' },
    detective: {
      name: '侦探',
      what: '粘贴输入、卷积核和得到的输出：找出是否翻转、填充、布局等差别。',
    },
    network: { name: '网络', what: '画一个形状：每一层的特征图、答案，以及怎样改动会改变答案' },
  },
  open: {
    name: '打开',
    what: '矩阵、.npy 或 CSV 文件，或 nn.Conv2d(…) 这样的调用。按键 O，或直接粘贴。',
  },
  save: {
    name: '保存或复制',
    what: 'SVG、PNG、GIF、CSV、.npy、十一个系统的代码、网页框架。按键 E。',
  },
}
