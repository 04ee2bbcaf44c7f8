"""Words and numbers for people, in English and Chinese.

`t("area.key", language, **values)` looks a sentence up in the catalogues
(`catalogues/<area>.<language>.yaml`, one file an area and language). Words that belong to data or to a
plan are a `Text` with both languages. Numbers, money and dates are formatted in `toolkit.text.formats`.
"""

from toolkit.text.catalogue import LANGUAGES, Language, Text, bilingual, load_catalogue, t

__all__ = ["LANGUAGES", "Language", "Text", "bilingual", "load_catalogue", "t"]
