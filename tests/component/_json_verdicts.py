"""What the gateway has to say to each JSON text, as the whole body and under an unknown key."""

import json
from enum import Enum

DEPTH_MAX = 16


class Verdict(Enum):
    """HTTP status and code of the answer."""

    ACCEPTED = (200, "200")  # a complete 3.1, the text under a key that nobody knows
    INCOMPLETE = (200, "500")  # an object, but without the fields of a 3.1
    MALFORMED = (400, "500")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def code(self) -> str:
        return self.value[1]


_ANY_NUMBER = "a number of any size is valid JSON; unknown keys take any value"
_LONE_SURROGATE = "a lone surrogate escape is invalid everywhere"
_REPLACED = "the package has U+FFFD where the suite has bad bytes, and U+FFFD is a letter"
_NUL = "UTF-16 is full of NUL, which is no JSON"

# The cases that the suite leaves free: what stands under a key, and why. As a whole body all are
# malformed, being arrays, but for one.
FREE: dict[str, tuple[bool, str]] = {
    "i_number_double_huge_neg_exp": (True, _ANY_NUMBER),
    "i_number_huge_exp": (True, _ANY_NUMBER),
    "i_number_neg_int_huge_exp": (True, _ANY_NUMBER),
    "i_number_pos_double_huge_exp": (True, _ANY_NUMBER),
    "i_number_real_neg_overflow": (True, _ANY_NUMBER),
    "i_number_real_pos_overflow": (True, _ANY_NUMBER),
    "i_number_real_underflow": (True, _ANY_NUMBER),
    "i_number_too_big_neg_int": (True, _ANY_NUMBER),
    "i_number_too_big_pos_int": (True, _ANY_NUMBER),
    "i_number_very_big_negative_int": (True, _ANY_NUMBER),
    "i_object_key_lone_2nd_surrogate": (False, _LONE_SURROGATE),
    "i_string_1st_surrogate_but_2nd_missing": (False, _LONE_SURROGATE),
    "i_string_1st_valid_surrogate_2nd_invalid": (False, _LONE_SURROGATE),
    "i_string_UTF-16LE_with_BOM": (False, _NUL),
    "i_string_UTF-8_invalid_sequence": (True, _REPLACED),
    "i_string_UTF8_surrogate_U+D800": (True, _REPLACED),
    "i_string_incomplete_surrogate_and_escape_valid": (False, _LONE_SURROGATE),
    "i_string_incomplete_surrogate_pair": (False, _LONE_SURROGATE),
    "i_string_incomplete_surrogates_escape_valid": (False, _LONE_SURROGATE),
    "i_string_invalid_lonely_surrogate": (False, _LONE_SURROGATE),
    "i_string_invalid_surrogate": (False, _LONE_SURROGATE),
    "i_string_invalid_utf-8": (True, _REPLACED),
    "i_string_inverted_surrogates_U+1D11E": (False, _LONE_SURROGATE),
    "i_string_iso_latin_1": (True, _REPLACED),
    "i_string_lone_second_surrogate": (False, _LONE_SURROGATE),
    "i_string_lone_utf8_continuation_byte": (True, _REPLACED),
    "i_string_not_in_unicode_range": (True, _REPLACED),
    "i_string_overlong_sequence_2_bytes": (True, _REPLACED),
    "i_string_overlong_sequence_6_bytes": (True, _REPLACED),
    "i_string_overlong_sequence_6_bytes_null": (True, _REPLACED),
    "i_string_truncated-utf-8": (True, _REPLACED),
    "i_string_utf16BE_no_BOM": (False, _NUL),
    "i_string_utf16LE_no_BOM": (False, _NUL),
    "i_structure_500_nested_arrays": (False, "deeper than 16"),
    "i_structure_UTF-8_BOM_empty_object": (False, "a byte order mark may only begin the body"),
}
_BEGINS_WITH_A_MARK = "i_structure_UTF-8_BOM_empty_object"

# What the package could not hold as JavaScript strings: bytes that are not UTF-8.
NOT_UTF8: dict[str, bytes] = {
    "lone continuation byte": b'["\x81"]',
    "Latin-1": b'["\xe9"]',
    "two bytes, second missing": b'["\xe0\xff"]',
    "overlong slash, 2 bytes": b'["\xc0\xaf"]',
    "overlong slash, 3 bytes": b'["\xe0\x80\xaf"]',
    "overlong slash, 6 bytes": b'["\xfc\x83\xbf\xbf\xbf\xbf"]',
    "overlong NUL": b'["\xc0\x80"]',
    "surrogate U+D800": b'["\xed\xa0\x80"]',
    "pair of surrogates": b'["\xed\xa0\xb4\xed\xb4\x9e"]',
    "beyond U+10FFFF": b'["\xf4\x90\x80\x80"]',
    "five bytes": b'["\xf8\x88\x80\x80\x80"]',
    "cut in the last letter": b'["\xe6\x97',
    "in an escape": b'["\\u00\xe5"]',
    "behind an escape": b'["\\\xe5"]',
    "as a value": b"[\xff]",
    "in a key": b'{"\xff":0}',
    "in a number": b"[1\xe5]",
    "UTF-16LE with its mark": b'\xff\xfe[\0"\0\xe9\0"\0]\0',
    "UTF-16BE": b'\0[\0"\0\xe9\0"\0]',
    "GBK": '["岳阳"]'.encode("gbk"),
}


class _Twice(ValueError):
    pass


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _Twice
    return dict(pairs)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def expected(name: str, text: str) -> tuple[Verdict, Verdict]:
    """For the text as the whole body, and as the value of an unknown key of a valid 3.1."""
    name = name.removesuffix(".json")
    if name == _BEGINS_WITH_A_MARK:
        return Verdict.INCOMPLETE, Verdict.MALFORMED
    if name.startswith("n_"):
        return Verdict.MALFORMED, Verdict.MALFORMED
    if name.startswith("i_"):
        return Verdict.MALFORMED, Verdict.ACCEPTED if FREE[name][0] else Verdict.MALFORMED
    try:
        value = json.loads(text, object_pairs_hook=_unique)
    except _Twice:
        return Verdict.MALFORMED, Verdict.MALFORMED
    whole = Verdict.INCOMPLETE if isinstance(value, dict) else Verdict.MALFORMED
    under = Verdict.ACCEPTED if _depth(value) < DEPTH_MAX else Verdict.MALFORMED
    return whole, under
