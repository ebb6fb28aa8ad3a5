// Radicals that PDF fonts hand out for characters: ⽉ (U+2F49) prints like 月 and is not 月. One character for one, so every
// offset keeps. NFKC alone leaves out the supplement's block (⻅ stays), takes ⼾ for 戶 and would turn ① into 1.

const KANGXI_FIRST = 0x2f00;
const KANGXI_LAST = 0x2fd5;

/** Where the mainland prints another form than the one Unicode names. */
const KANGXI_MAINLAND: readonly string[] = ['⼾户', '⾭青'];

/** CJK Radicals Supplement: the radical, then the character it stands for (Unicode's EquivalentUnifiedIdeograph). */
const SUPPLEMENT = `
⺀冫 ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇几 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑尣 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵
⺛旡 ⺜日 ⺝月 ⺞歺 ⺟母 ⺠民 ⺡氵 ⺢水 ⺣灬 ⺤爫 ⺥爪 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪疋 ⺫目 ⺬示 ⺭礻 ⺮竹 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳罓
⺴网 ⺵网 ⺶羊 ⺷羊 ⺸羊 ⺹耂 ⺺肀 ⺻聿 ⺼月 ⺽臼 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇角 ⻈讠 ⻉贝 ⻊足 ⻋车 ⻌辶 ⻍辶
⻎辶 ⻏阝 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕阜 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞飠 ⻟飠 ⻠饣 ⻡首 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤
⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ⻳龟`;

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ...kangxi(),
  ...[...SUPPLEMENT.trim().split(/\s+/u), ...KANGXI_MAINLAND].map((pair) => [pair[0] ?? '', pair[1] ?? ''] as const),
]);

/** The text with every radical as the character it prints; the same length. */
export function mapRadicals(text: string): string {
  return text.replaceAll(/[\u2E80-\u2EF3\u2F00-\u2FD5]/gu, (radical) => CHARACTERS.get(radical) ?? radical);
}

function* kangxi(): Generator<readonly [string, string]> {
  for (let code = KANGXI_FIRST; code <= KANGXI_LAST; code += 1) {
    const radical = String.fromCharCode(code);
    yield [radical, radical.normalize('NFKC')];
  }
}
