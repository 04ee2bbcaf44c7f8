"""Make the fonts of this folder again from their published originals.

    python make_fonts.py INTER_DIR NOTO_TTC UNIHAN_OTHER_MAPPINGS.txt

`INTER_DIR` is the unpacked npm package `inter-ui` (OFL), `NOTO_TTC` a folder with `NotoSansCJK-Regular.ttc`
and `-Bold.ttc` (Debian's `fonts-noto-cjk`, OFL), the last argument Unicode's Unihan table, whose property
kTGH is 通用规范汉字表, the 8,105 characters in general use. Needs `fonttools[woff]`.

Results: four static Inter TTFs and two Noto Sans CJK SC OTFs for Typst and for charts, one variable Inter
WOFF2 that HTML reports carry inside, and `coverage.json`: the code points that the fonts draw, as ranges.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "pnum", "lnum", "case", "zero"]
CJK_FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "halt", "palt", "chws"]
SC_IN_TTC = 2  # NotoSansCJK-*.ttc holds JP, KR, SC, TC, HK in this order

WESTERN = [
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # Latin
    (0x02B0, 0x02FF),
    (0x0300, 0x036F),  # modifiers, combining marks
    (0x0370, 0x03FF),
    (0x0400, 0x052F),  # Greek, Cyrillic
    (0x1E00, 0x1EFF),
    (0x1F00, 0x1FFF),  # Latin additional (Vietnamese), Greek extended
    (0x2000, 0x206F),
    (0x2070, 0x209F),  # punctuation, super- and subscripts
    (0x20A0, 0x20CF),
    (0x2100, 0x214F),  # currencies, letterlike
    (0x2150, 0x218F),
    (0x2190, 0x21FF),  # fractions and Roman numerals, arrows
    (0x2200, 0x22FF),  # mathematics
    (0x25A0, 0x25FF),
    (0x2713, 0x2717),  # shapes, ticks
]
CHINESE = [
    *WESTERN,
    (0x2460, 0x24FF),  # enclosed numbers
    (0x3000, 0x303F),
    (0x3040, 0x30FF),  # CJK punctuation, kana
    (0x3200, 0x33FF),  # enclosed and squared
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),  # vertical and full-width forms
]
HTML = [
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2000, 0x2027),
    (0x2030, 0x205E),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2260, 0x2265),
    (0xD7, 0xD7),
]


def points(ranges: list[tuple[int, int]]) -> set[int]:
    return {point for first, last in ranges for point in range(first, last + 1)}


def general_characters(unihan: Path) -> set[int]:
    """通用规范汉字表 from the property kTGH, and the older GB 2312, which has a few names besides."""
    rows = (
        line.split("\t") for line in unihan.read_text(encoding="utf-8").splitlines() if "\tkTGH\t" in line
    )
    table = {int(row[0][2:], 16) for row in rows if row[0].startswith("U+")}
    if len(table) != 8105:
        raise SystemExit(f"kTGH holds {len(table)} characters, not 8,105")
    pairs = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return table | {ord(text) for pair in pairs if (text := pair.decode("gb2312", "ignore"))}


def subset(font: TTFont, wanted: set[int], features: list[str]) -> TTFont:
    options = Options()
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG"]
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font


def main(inter: Path, noto: Path, unihan: Path) -> None:
    covered: set[int] = set()
    for weight in WEIGHTS:
        font = subset(TTFont(inter / "web" / f"Inter-{weight}.woff2"), points(WESTERN), FEATURES)
        font.flavor = None
        font.save(HERE / f"Inter-{weight}.ttf")
        covered |= set(font.getBestCmap())
    for weight in ("Regular", "Bold"):
        source = TTFont(noto / f"NotoSansCJK-{weight}.ttc", fontNumber=SC_IN_TTC)
        font = subset(source, points(CHINESE) | general_characters(unihan), CJK_FEATURES)
        font.save(HERE / f"NotoSansCJKsc-{weight}.otf")
        covered |= set(font.getBestCmap())
    variable = TTFont(inter / "variable" / "InterVariable.woff2")
    variable = subset(variable, points(HTML), FEATURES)
    variable = instantiateVariableFont(variable, {"opsz": 14, "wght": (400, 700)})
    variable.flavor = "woff2"
    variable.save(HERE / "Inter-variable-latin.woff2")
    ranges: list[list[int]] = []
    for point in sorted(covered):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    (HERE / "coverage.json").write_text(json.dumps(ranges, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
