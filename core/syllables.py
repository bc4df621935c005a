"""The syllables of Mandarin in Latin letters, and how typed letters may be cut into them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

_WORDS = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha chai
chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo
da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang
fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han
hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan
jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li
lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao
mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nun
nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing
qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha
shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun
suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu
xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan
zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
SYLLABLES = frozenset(_WORDS.split())
INITIALS = frozenset("abcdefghjklmnopqrstwxyz")
_LONGEST = max(map(len, SYLLABLES))
MOST_CUTS = 24


@lru_cache(maxsize=1024)
def cuts(letters: str) -> tuple[tuple[str, ...], ...]:
    """How `letters` may be cut into whole syllables and first letters, those with the fewest pieces first.

    "zhangsf" gives ("zhang", "s", "f") among others; at most MOST_CUTS of them, () for what is no pinyin.
    """
    found: list[tuple[str, ...]] = []
    longest = len(letters)
    for pieces in range(1, longest + 1):
        found += _cut(letters, pieces)
        if len(found) >= MOST_CUTS:
            break
    return tuple(found[:MOST_CUTS])


def _cut(letters: str, pieces: int) -> Iterator[tuple[str, ...]]:
    if not letters or pieces <= 0 or len(letters) > pieces * _LONGEST:
        if not letters and pieces == 0:
            yield ()
        return
    for length in range(min(_LONGEST, len(letters)), 0, -1):
        head = letters[:length]
        if head in SYLLABLES or (length == 1 and head in INITIALS):
            for rest in _cut(letters[length:], pieces - 1):
                yield (head, *rest)
