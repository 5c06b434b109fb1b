import type { NetworkMessages } from './en.ts'

export const zh: NetworkMessages = {
  title: '网络 · stridefold 实验室',
  headline: ['网络：', '画一个形状，看每一层得到什么。'],
  skip: '跳到图画',
  toLens: '返回首屏',
  fault: '链接中的以下部分无效，已改用默认值：',
  trained: (count, percent, handPercent) =>
    `网络用程序绘制的形状训练，位置、大小和角度任意：一半是带噪声的实心形状，一半用像手一样抖动的画笔画成。` +
    `它不认识数字。两种形状各新画 ${count.toLocaleString('zh')} 个，正确率分别为 ${percent} % 和 ${handPercent} %。`,

  drawing: '图画',
  spokenPixel: (row, column, percent) => `行 ${row}，列 ${column}：墨量 ${percent} %`,
  tools: '工具',
  draw: '画',
  erase: '擦除',
  fill: '填满内部',
  clear: '清空',
  samples: '程序绘制的形状',
  toolsNote: '也可点按一个形状，每次画一个新的。按键：方向键移动，空格在方框处落笔。',
  shapes: { circle: '圆形', square: '正方形', triangle: '三角形', star: '星形' },

  maps: (layer, maps, rows, columns) => `第 ${layer} 层：${maps} 个 ${rows}×${columns} 的特征图`,
  spokenCell: (map, row, column, value) => `特征图 ${map}，行 ${row}，列 ${column}：${value}`,
  noCell: '未选中单元',
  answer: '答案',
  answerChange: (shape) => `怎样改动会更像${shape}`,
  cellChange: '怎样改动会使该单元变大',
  legend: '大方块：加墨有利。小方块：减墨有利。',
  more: '加墨有利',
  less: '减墨有利',
  noChange: '（该单元为 0，小的改动不会使它改变。）',

  empty: '还没有图画。请画出一个形状的轮廓，也可以填满。',
  says: (shape, percent) => `网络判断为${shape}，概率 ${percent}。`,
  pressCell: '点按特征图中的一个单元，即可看到它读取图画的哪一部分。',
  cell: (map, row, column, value) => `特征图 ${map} 中行 ${row}、列 ${column} 的单元为 ${value}。`,
  sees: (rows, columns, count) =>
    `它读取图画的行 ${rows[0]} 到 ${rows[1] - 1}、列 ${columns[0]} 到 ${columns[1] - 1}，共 ${count} 个像素：此外的像素都不会使它改变。`,
}
