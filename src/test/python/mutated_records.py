#!/usr/bin/env python3
"""Mutated records and what must become of each, for the tests of package io.millrace.mutation.

  mutated_records.py          writes the files that are committed
  mutated_records.py --check  fails where they are not what this script writes

Needs nothing but Python 3.9 or later; the tests need no Python. What must become of a record is
computed here from src/docs/reference/records.md alone: this script shares nothing with the service.

A file is gzip of JSON lines. The first line has the settings that the service is to have, and what
must hold of the whole run for each base; each other line is a record, in the order of sending:

  n        its number in the whole set
  s        its segment: the records of one are read before the next one's are sent
  t, p     topic (examples or heldout) and partition
  ts       its Kafka timestamp, epoch milliseconds
  k, v     bytes of key and value; absent is null. A string is UTF-8, {"b": ..} is base64,
           {"r": .., "n": ..} a repeated string, a list is its parts in a row
  reason   why it is refused, whatever the base; or
  retracts the id that it takes back; or
  id       absent: its position stands for it
  label    after NFC
  time     event time: epoch seconds and nanoseconds
  replaced whether that is not what it said
  group    absent: none
  weight   its weight in the loss, absent: 1
  pair     whether it has a second text
  became   by base, or one for all: TRAINED, HELD_OUT, RETRACTION, or a reason to refuse it
  extreme  true where its weight is so large or small that its own step may not be finite
  later    by base, or one for all: later records (n) of its id in its partition, and what they
           do to it: SUPERSEDED or RETRACTED
"""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import random
import re
import struct
import sys
import unicodedata

sys.setrecursionlimit(10_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

SEED = 17
ALL = 20_000
SELECTION = 500
HERE = pathlib.Path(__file__).resolve()
FOLDER = HERE.parent.parent / "resources" / "io" / "millrace" / "mutation"

# Small, so that a value at a limit is cheap.
MAX_TEXT = 200
MAX_LABEL = 40
MAX_ID = 64
LEARN_FROM = 60
DAY = 86_400_000
END_OF_9999 = 253_402_300_800  # the second after it
T0 = 1_767_225_600_000  # 2026-01-01
BASE_LABELS = ["high", "low"]
BASES = ["one-segment", "foreign", "cased"]

# ------------------------------------------------------------------------------------------------
# The rules, from the page.
# ------------------------------------------------------------------------------------------------

BLANK_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp"}


class Refusal(Exception):
    pass


def is_blank(text):
    return all(unicodedata.category(character) in BLANK_CATEGORIES for character in text)


def length(text):
    """In UTF-16 code units; halves of surrogate pairs count, too."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_well_formed(text):
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


MAX_DEPTH = 1000
MAX_DIGITS = 1000
MAX_NAME = 50_000


def depth(text):
    deepest = level = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def distinct(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("repeated")
    if any(length(name) > MAX_NAME for name in names):
        raise ValueError("a name too long")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(name)


class Number:
    """A number as it was written."""

    def __init__(self, text):
        if len(text) > MAX_DIGITS:
            raise ValueError("digits")
        self.text = text

    def is_integer(self):
        return re.fullmatch(r"-?\d+", self.text) is not None


def parse(value):
    """The fields of the object."""
    try:
        text = value.decode("utf-8")  # strict: no surrogates, no overlong forms
        text = text[1:] if text.startswith("\ufeff") else text
        if depth(text) > MAX_DEPTH:
            raise ValueError("depth")
        # Python joins escaped surrogates as Java does, and keeps halves.
        root = json.loads(
            text,
            object_pairs_hook=distinct,
            parse_constant=refuse_constant,
            parse_int=Number,
            parse_float=Number,
        )
    except ValueError:  # of decoding, too
        raise Refusal("UNDECODABLE") from None
    if not isinstance(root, dict):
        raise Refusal("UNDECODABLE")
    return root


def string(root, field):
    value = root.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refusal("UNDECODABLE")
    if not is_well_formed(value):
        raise Refusal("INVALID_FIELD")
    return value


def days(year, month, day):
    """Since 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


TIME = re.compile(
    r"(\d{4}|[+]\d{5,9}|-\d{4,9})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(?:[Zz]|([+-])(\d\d)(?::(\d\d))?)",
    re.ASCII,
)


def iso(text):
    """Nanoseconds since 1970."""
    match = TIME.fullmatch(text)
    if not match:
        raise Refusal("UNDECODABLE")
    year, month, day, hour, minute = (int(match.group(i)) for i in range(1, 6))
    second = int(match.group(6) or 0)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not 1 <= month <= 12 or not 1 <= day <= last[month - 1]:
        raise Refusal("UNDECODABLE")
    if hour > 23 or minute > 59 or second > 59:
        raise Refusal("UNDECODABLE")
    offset = 0
    if match.group(8):
        hours, minutes = int(match.group(9)), int(match.group(10) or 0)
        if minutes > 59 or hours * 60 + minutes > 18 * 60:
            raise Refusal("UNDECODABLE")
        offset = (hours * 60 + minutes) * 60 * (-1 if match.group(8) == "-" else 1)
    seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 10**9 + int((match.group(7) or "").ljust(9, "0"))


def event_time(value, sent):
    """Nanoseconds since 1970, and whether they are not what the record says."""
    known = 0 < sent < END_OF_9999 * 1000
    instead = sent * 10**6 if known else 0
    if value is None:
        return instead, False
    if isinstance(value, Number) and value.is_integer():
        time = int(value.text) * 10**6
    elif isinstance(value, str):
        time = iso(value)
    else:
        raise Refusal("UNDECODABLE")
    late = known and time > (sent + DAY) * 10**6
    if time < 0 or time >= END_OF_9999 * 10**9 or late:
        return instead, True
    return time, False


def weight(value):
    if value is None:
        return 1.0
    if not isinstance(value, Number):
        raise Refusal("UNDECODABLE")
    number = float(value.text)
    try:
        as_float32 = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        raise Refusal("UNDECODABLE") from None
    if not 0 < as_float32 < float("inf"):
        raise Refusal("UNDECODABLE")
    return number


def group(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    cut = value.text if isinstance(value, Number) else value
    if not isinstance(cut, str) or is_blank(cut) or not is_well_formed(cut):
        return None
    while length(cut) > 100:
        cut = cut[:-1]
    return cut


def decode(key, value, sent):
    """What the rules 1 to 10 make of it."""
    if value is None:
        try:
            retracts = (key or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise Refusal("UNDECODABLE") from None
        if is_blank(retracts) or length(retracts) > MAX_ID:
            raise Refusal("UNDECODABLE")
        return {"retracts": retracts}
    root = parse(value)
    if any(root.get(field) is not None for field in ("labels", "tags", "tokens")):
        raise Refusal("UNSUPPORTED_TASK")
    text = string(root, "text")
    if text is None or is_blank(text):
        raise Refusal("MISSING_TEXT")
    if length(text) > MAX_TEXT:
        raise Refusal("TEXT_TOO_LARGE")
    label = string(root, "label")
    if label is None or is_blank(label):
        raise Refusal("MISSING_LABEL")
    label = unicodedata.normalize("NFC", label)
    if length(label) > MAX_LABEL or any(unicodedata.category(c) == "Cc" for c in label):
        raise Refusal("INVALID_FIELD")
    id = string(root, "id")
    if id is not None and is_blank(id):
        id = None
    if id is not None and length(id) > MAX_ID:
        raise Refusal("INVALID_FIELD")
    pair = string(root, "text_pair")
    if pair is not None and is_blank(pair):
        pair = None
    if pair is not None and length(pair) > MAX_TEXT:
        raise Refusal("TEXT_TOO_LARGE")
    nanos, replaced = event_time(root.get("timestamp"), sent)
    return {
        "id": id,
        "label": label,
        "time": [nanos // 10**9, nanos % 10**9],
        "replaced": replaced,
        "weight": weight(root.get("weight")),
        "group": group(root.get("group")),
        "pair": pair is not None,
        "texts": [text] + ([pair] if pair is not None else []),
    }


# What the bases' tokenizers call white space: the property White_Space.
WHITE_SPACE = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}


def has_tokens(base, text):
    """The words of these tokenizers are what white space leaves, once the normalizer is through."""
    if base == "one-segment":
        text = text.replace("~", "")
    elif base == "cased":
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return any(character not in WHITE_SPACE for character in text)


def refused_by(base, example):
    """Rule 11."""
    if base == "one-segment" and example["pair"]:
        return True
    return not any(has_tokens(base, text) for text in example["texts"])


def outcomes(base, records, most_labels):
    """What becomes of each record, and the labels in the order of the model's rows."""
    labels = None
    learned = []
    result = []
    for record in records:
        if "reason" in record:
            result.append(record["reason"])
            continue
        if "retracts" in record:
            result.append("RETRACTION")
            continue
        if refused_by(base, record):
            result.append("UNSUPPORTED_BY_BASE")
            continue
        label = record["label"]
        done = "TRAINED" if record["t"] == "examples" else "HELD_OUT"
        if labels is None:
            assert record["t"] == "examples", "the labels are learned from the first segment"
            learned.append(label)
            if len(learned) >= LEARN_FROM and len(set(learned)) >= 2:
                labels = sorted(set(learned), key=lambda name: name.encode("utf-16-be"))
        elif label not in labels:
            if len(labels) < most_labels:
                labels.append(label)
            else:
                done = "UNKNOWN_LABEL"
        result.append(done)
    return result, labels


def amendments(records, became):
    """For each record, those behind it that are about it."""
    behind = {}
    result = []
    for record, outcome in reversed(list(zip(records, became))):
        partition = (record["t"], record["p"])
        # A label that finds no row is refused when its turn comes: too late not to correct.
        arrived = outcome in ("TRAINED", "HELD_OUT", "UNKNOWN_LABEL")
        if arrived and record["id"] is not None:
            ours = behind.setdefault(partition + (record["id"],), [])
            result.append(list(ours))
            ours.insert(0, [record["n"], "SUPERSEDED"])
        else:
            result.append([])
            if outcome == "RETRACTION":
                key = partition + (record["retracts"],)
                behind.setdefault(key, []).insert(0, [record["n"], "RETRACTED"])
    result.reverse()
    return result


# ------------------------------------------------------------------------------------------------
# The records.
# ------------------------------------------------------------------------------------------------


class Rep(tuple):
    """(bytes, n): the bytes n times."""


def expand(parts):
    return None if parts is None else b"".join(p[0] * p[1] if isinstance(p, Rep) else p for p in parts)


def js(text, rng=None):
    """A JSON string; characters escaped or not as the dice fall, halves of surrogates always."""
    style = rng.randrange(4) if rng else 0
    out = ['"']
    for character in text:
        code = ord(character)
        if character in '"\\':
            out.append("\\" + character)
        elif code < 0x20 or 0xD800 <= code <= 0xDFFF:
            out.append("\\u%04x" % code)
        elif (style == 1 and code > 0x7E) or (style == 2 and rng.randrange(5) == 0):
            units = character.encode("utf-16-be")
            out.extend("\\u%02X%02x" % (units[i], units[i + 1]) for i in range(0, len(units), 2))
        else:
            out.append(character)
    return ["".join(out + ['"']).encode("utf-8")]


def raw(text):
    return [text if isinstance(text, bytes) else text.encode("utf-8")]


def long_string(unit, n, end=""):
    return [b'"', Rep((unit.encode("utf-8"), n)), end.encode("utf-8") + b'"']


EMOJI = "\U0001f600"
BLANKS = ["", " ", "\t", "\n\r", "\u200b", "\ufeff", "\xa0", "\u2028\u2029", "\u2060 ", "\x00", "\x1c",
          "\u00ad", "\u180e", "\u3000", "\u0085", "\U000e0001", "\u200d\u200c", " \u202e", "\u2003\x7f"]
LONE = ["\ud83d", "\ude00", "a\ud83d", "\ude00\ud83d", "\udfffz", "x\ud800y", "\udbff\udbff\udfff"]
NOT_STRINGS = ["1", "-7", "1.5", "true", "false", "[]", "{}", '["a"]', '{"a": "b"}', "1e5", "0", "[null]",
               "123456789012345678901234567890"]
ODD = ["\u0301", "e\u0301", "\u00e9", EMOJI, "\U0001f468\u200d\U0001f469", "\u2800", "\u3164", "\uffff",
       "\U0010ffff", "\ue000", "\u0627\u0644", "\u202eabc", "a\x00b", "\x7f", "\ufdfa", "\u1e9b\u0323", "\u212b",
       "\u0958", "\u1112\u1161\u11ab", "\uff48\uff49", "null", "true", "<s>", "</s>", "[SEP]", "##good", "~",
       "~ ~", "~\u0301", "\u0301\u0308", "~\u200b", "~ \x1c", "\u0344", "\u115f", "\ufe0f", "\U000e0100"]
BAD_UTF8 = [b"\xff", b"\xc0\x80", b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf5\x80\x80\x80", b"\xe2\x82",
            b"\x80", b"\xf0\x9f\x98", b"\xc3", b"\xe0\x80\xaf", b"\xf4\x90\x80\x80", b"\xfe\xfe"]
LABELS = ["High", " high", "high ", "HIGH", "\uff48\uff49\uff47\uff48", "hi gh", "caf\u00e9", "cafe\u0301",
          "\u212b", "\u00c5", "A\u030a", EMOJI, "\ufb01", "\uff21", "null", "true", "0", "__proto__", "a,b",
          'quote"d', "back\\slash", "high\u200b", "\u1112\u1161\u11ab", "\ud55c", "\u0958", "\u0915\u093c",
          "\u2800", "[UNK]", "\ufeffhigh", "lo\u00adw", "\U00020000", "\u00df", "ss", "\u0130", "i\u0307",
          "../low", "low/high", "${x}", "%s", "<b>low</b>", "low; drop", "\ufffd", "\uffff"]
NOT_LABELS = ["a\tb", "low\n", "\x00low", "a\x7fb", "a\u0085b", "\x1blow"]
GOOD_TIMES = ["2001-06-25T13:11:28+02:00", "2025-12-31T23:59:59Z", "2025-12-31T23:59Z", "2024-02-29T00:00:00Z",
              "2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00.123456789+05:30", "2025-01-01t00:00:00z",
              "2025-01-01T00:00:00+00:00", "2025-01-01T00:00:00-18:00", "2025-01-01T00:00:00+01",
              "2025-01-01T00:00:00-01:30", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z"]
ODD_TIMES = ["1969-12-31T23:59:59.999999999Z", "1970-01-01T00:30:00+01:00", "0001-01-01T00:00:00Z",
             "0000-01-01T00:00:00Z", "-0044-03-15T12:00:00Z", "9999-12-31T23:59:59Z", "+10000-01-01T00:00:00Z",
             "+99999-12-31T00:00:00Z", "9999-12-31T23:59:59-01:00", "+999999999-12-31T23:59:59Z", "2999-01-01T00:00Z"]
NO_TIMES = ["", " ", "now", "2025-01-01", "2025-01-01T00:00:00", "2025-01-01 00:00:00Z", "2025-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z", "2025-02-30T00:00:00Z", "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z", "2025-01-01T00:00:00.1234567890Z", "2025-01-01T00:00:00+19:00",
            "25-01-01T00:00:00Z", "2025-1-1T00:00:00Z", "1767225600000", "2025-01-01T00:00:00Z ",
            "2025-01-01T00:00:00,5Z", "20250101T000000Z", "2025-W01-1T00:00:00Z", "10000-01-01T00:00:00Z",
            "\u0662\u0660\u0662\u0665-01-01T00:00:00Z", "2025-01-01T00:00:00\u2212 01:00", "\ud83d",
            "2025-01-01T00:00:00 Europe/Berlin", "2025-01-01T00:00:00-0130", "+2025-01-01T00:00:00Z"]
NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x10", "1e", "--1", "1_000", "nan", "True",
              "None", "undefined", "'1'", "- 1"]


class Maker:
    """Makes the records of a set; what is drawn depends on the seed alone."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.number = 0
        self.given = {}  # by partition: ids that may be amended, all of base labels
        self.decomposed = set()

    def pick(self, values):
        return values[self.rng.randrange(len(values))]

    def maybe(self, one_in):
        return self.rng.randrange(one_in) == 0

    def plain(self):
        good = self.maybe(2)
        words = ["so"] * self.rng.randrange(4) + ["very"] * self.rng.randrange(4)
        fields = {
            "text": js(" ".join(words + ["good" if good else "bad"])),
            "label": js("high" if good else "low"),
        }
        if not self.maybe(5):
            fields["id"] = js("r%d" % self.number)
        if self.maybe(3):
            fields["timestamp"] = raw(str(self.sent - self.rng.randrange(10**9)))
        if self.maybe(8):
            fields["weight"] = raw(self.pick(["0.5", "1", "2.5", "1e0", "3"]))
        if self.maybe(3):
            fields["group"] = js(self.pick(["north", "south"]))
        return fields

    def next(self, topic, partition):
        self.number += 1
        self.sent = T0 + self.number * 1000
        self.key = None
        self.place = (topic, partition)
        fields = self.plain()
        self.wrapped = None
        kinds = 0 if self.maybe(12) else 2 if self.maybe(4) else 1
        for _ in range(kinds):
            self.pick(MUTATIONS)(self, fields)
        if self.maybe(4):
            names = list(fields)
            self.rng.shuffle(names)
            fields = {name: fields[name] for name in names}
        value = None if self.wrapped == "retraction" else self.object(fields)
        if callable(self.wrapped):
            value = self.wrapped(value)
        if value is not None and len(expand(value)) > 1_000_000:  # more than a broker takes
            self.number -= 1
            return self.next(topic, partition)
        if self.key is None and self.maybe(3):
            self.key = [b"key"]
        return {"key": self.key, "value": value}

    def object(self, fields):
        parts = [b"{"]
        for i, (name, value) in enumerate(fields.items()):
            space = self.pick([b"", b"", b" ", b"\n\t"])
            name = name if isinstance(name, bytes) else js(name)[0]
            parts += [b"," + space if i else space, name + b":" + space] + value
        return parts + [b"}"]

    def remember(self, expected):
        """So that later records can correct or retract it."""
        id = expected.get("id")
        if id is None:
            return
        given = self.given.setdefault(self.place, [])
        if id in given:
            given.remove(id)
        plain = expected["label"] in BASE_LABELS and not expected.get("extreme")
        if plain and not expected["pair"] and all(
            has_tokens(base, text) for base in BASES for text in expected["texts"]
        ):
            given.append(id)

    def earlier(self):
        ids = self.given.get(self.place, [])
        if not ids:
            return None
        recent = ids[-20:] if self.maybe(2) else ids
        return self.pick(recent)


def mutation(*weights):
    def add(function):
        MUTATIONS.extend([function] * (weights[0] if weights else 1))
        return function

    return add


MUTATIONS = []


def text_like(name):
    """Mutations that texts share."""

    def blank(m, f):
        f[name] = js(m.pick(BLANKS) + m.pick(BLANKS), m.rng)

    def lone(m, f):
        f[name] = js(m.pick(["", "good "]) + m.pick(LONE) + m.pick(["", " bad", EMOJI]))

    def odd(m, f):
        f[name] = js(m.pick(["", "", "good ", " "]) + m.pick(ODD) + m.pick(["", "", " bad", m.pick(ODD)]), m.rng)

    def wrong(m, f):
        f[name] = raw(m.pick(NOT_STRINGS))

    def null(m, f):
        f[name] = raw("null")

    def missing(m, f):
        f.pop(name, None)

    def at_limit(m, f):
        n = MAX_TEXT + m.rng.randrange(-1, 2)
        way = m.rng.randrange(4)
        if way == 0:
            f[name] = long_string("x", n)
        elif way == 1:
            f[name] = long_string("x", n - 2, EMOJI)
        elif way == 2:
            f[name] = long_string(EMOJI, n // 2, "y" * (n % 2))
        else:
            f[name] = long_string("so ", n // 3, "z" * (n % 3))

    def huge(m, f):
        n = 900_000 if m.maybe(30) else m.pick([1000, 5000, 20_001])
        f[name] = long_string(m.pick(["x", "good ", "\u00e9", EMOJI]), n // 5)

    def bad_utf8(m, f):
        f[name] = [b'"go', m.pick(BAD_UTF8), b'od"']

    for function in (blank, lone, odd, wrong, null, missing, at_limit, huge, bad_utf8):
        MUTATIONS.append(function)


text_like("text")
text_like("text_pair")


@mutation(4)
def pair(m, f):
    f["text_pair"] = js(m.pick(["good", "bad so", "very", m.pick(ODD)]), m.rng)


@mutation(8)
def new_label(m, f):
    f["label"] = js(m.pick(LABELS), m.rng)


@mutation(4)
def many_labels(m, f):
    f["label"] = js("new-%d" % m.rng.randrange(100))


@mutation(2)
def label_numbered(m, f):
    f["label"] = js(m.pick(ODD) + str(m.rng.randrange(3)), m.rng)


@mutation(2)
def label_control(m, f):
    f["label"] = js(m.pick(NOT_LABELS), m.rng)


@mutation()
def label_blank(m, f):
    f["label"] = js(m.pick(BLANKS) + m.pick(BLANKS), m.rng)


@mutation(2)
def label_lone(m, f):
    f["label"] = js("new" + m.pick(LONE))


@mutation()
def label_wrong(m, f):
    f["label"] = raw(m.pick(NOT_STRINGS + ["null"]))


@mutation()
def label_missing(m, f):
    f.pop("label", None)


@mutation()
def label_bad_utf8(m, f):
    f["label"] = [b'"', m.pick(BAD_UTF8), b'"']


@mutation(3)
def label_at_limit(m, f):
    n = MAX_LABEL + m.rng.randrange(-1, 2)
    way = m.rng.randrange(5)
    if way == 0:
        f["label"] = long_string("l", n)
    elif way == 1:
        f["label"] = long_string(EMOJI, n // 2, "l" * (n % 2))
    elif way == 2:
        f["label"] = long_string("e\u0301", n)  # composed, it has n characters
    elif way == 3:
        f["label"] = long_string("\u0958", n // 2)  # composed, each has two
    else:
        f["label"] = long_string("\u0958", n // 2 + 1)


@mutation(2)
def label_huge(m, f):
    f["label"] = long_string("label ", 100_000 if m.maybe(30) else 300)


@mutation(4)
def swapped(m, f):
    if "text" in f and "label" in f:
        f["text"], f["label"] = f["label"], f["text"]


@mutation(3)
def label_normalised(m, f):
    f["label"] = js(m.pick(["caf\u00e9", "cafe\u0301", "\u212b", "A\u030a", "\u00c5", "\uac00", "\u1100\u1161"]), m.rng)


@mutation(6)
def id_blank(m, f):
    f["id"] = js(m.pick(["", "", "", m.pick(BLANKS)]), m.rng)


@mutation()
def id_wrong(m, f):
    f["id"] = raw(m.pick(NOT_STRINGS + ["null"]))


@mutation()
def id_missing(m, f):
    f.pop("id", None)


@mutation()
def id_lone(m, f):
    f["id"] = js("i" + m.pick(LONE))


@mutation()
def id_bad_utf8(m, f):
    f["id"] = [b'"', m.pick(BAD_UTF8), b'"']


@mutation(2)
def id_odd(m, f):
    f["id"] = js("%s %d" % (m.pick(ODD + LABELS + NOT_LABELS), m.number), m.rng)


@mutation(2)
def id_at_limit(m, f):
    n = MAX_ID + m.rng.randrange(-1, 2)
    mark = "%06d" % m.number
    end = EMOJI if m.maybe(2) else "zz"
    f["id"] = js(mark + "i" * (n - 8) + end)


@mutation(2)
def id_as_if_composed(m, f):
    """Ids are not normalised: the second spelling is another example."""
    ids = [id for id in m.given.get(m.place, []) if unicodedata.normalize("NFD", id) not in {id} | m.decomposed]
    if ids and m.maybe(2):
        m.decomposed.add(unicodedata.normalize("NFD", ids[-1]))
        f["id"] = js(unicodedata.normalize("NFD", ids[-1]))
        f["label"] = js(m.pick(BASE_LABELS))
    else:
        f["id"] = js("\u00e9%d" % m.number)


@mutation(20)
def correction(m, f):
    id = m.earlier()
    if id:
        f["id"] = js(id)
        if m.maybe(2):
            f["label"] = js(m.pick(BASE_LABELS))


@mutation(10)
def retraction(m, f):
    id = m.earlier()
    if id and not m.maybe(4):
        m.key = [id.encode("utf-8")]
    else:
        m.key = m.pick([None, [b""], [b" "], ["\u200b".encode()], [m.pick(BAD_UTF8)], [b"unknown"],
                        [b"x" * MAX_ID], [b"x" * (MAX_ID + 1)], [EMOJI.encode() * (MAX_ID // 2)],
                        [EMOJI.encode() * (MAX_ID // 2) + b"x"], [b"\x00k"], [b"\xef\xbb\xbf"], [b"examples-0@0"]])
    m.wrapped = "retraction"


@mutation(2)
def key_odd(m, f):
    m.key = m.pick([[b""], [m.pick(BAD_UTF8)], [Rep((b"k", 10_000))], [EMOJI.encode()], [b"\x00"]])


@mutation(4)
def time_good(m, f):
    f["timestamp"] = js(m.pick(GOOD_TIMES))


@mutation(3)
def time_odd(m, f):
    f["timestamp"] = js(m.pick(ODD_TIMES))


@mutation(3)
def time_none(m, f):
    f["timestamp"] = js(m.pick(NO_TIMES))


@mutation(3)
def time_number(m, f):
    f["timestamp"] = raw(m.pick([
        "0", "-0", "-1", "1", str(m.sent), str(m.sent + DAY), str(m.sent + DAY + 1), str(m.sent + 1), "%d" % (m.sent * 1000),
        "%d" % (m.sent // 1000), "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "253402300799999", "253402300800000", "8640000000000001", "1" * 300, "-" + "9" * 40,
        "31556889864403199999"]))


@mutation(2)
def time_wrong(m, f):
    f["timestamp"] = raw(m.pick(["1.5", "1767225600000.0", "1.7672256e12", "1e400", "true", "[]", "{}", "[1]", "-1.0"]))


@mutation(2)
def sent_oddly(m, f):
    m.sent = m.pick([0, 1, 253402300799999, 253402300800000, 9223372036854775, m.sent + 400 * DAY])
    if m.maybe(2):
        f["timestamp"] = raw(str(m.pick([0, 1, 86_400_001, 86_400_002, 253402300799999, 253402300800000, m.sent + DAY,
                                         m.sent + DAY + 1, T0])))


@mutation(3)
def weight_good(m, f):
    f["weight"] = raw(m.pick(["0.25", "1E0", "7", "10", "0.1e1", "3.0000000000000000001", "0.3", "100e-2"]))


@mutation(2)
def weight_bad(m, f):
    f["weight"] = raw(m.pick(["0", "-1", "0.0", "-0.0", "1e39", "3.5e38", "1e400", "-1e400", "1e-400", "1e-46", "9" * 400,
                              '"1"', "true", "[]", "{}", "1e309", "-1e-10"]))


@mutation()
def weight_extreme(m, f):
    f["weight"] = raw(m.pick(["3.4e38", "1e-45", "1e30", "9" * 38, "1e-30", "3.4028234e38"]))


@mutation(3)
def number_invalid(m, f):
    f[m.pick(["weight", "timestamp", "extra"])] = raw(m.pick(NO_NUMBERS))


@mutation(4)
def group_odd(m, f):
    way = m.rng.randrange(6)
    if way == 0:
        f["group"] = js("x" * (100 + m.rng.randrange(-3, 3)) + EMOJI + m.pick(["", "y"]))
    elif way == 1:
        f["group"] = js(m.pick(["north", ""]) + m.pick(LONE))
    elif way == 2:
        f["group"] = js(m.pick(BLANKS), m.rng)
    elif way == 3:
        f["group"] = raw(m.pick(["42", "-7", "1.5", "true", "false", "null", "[]", "{}", '["a"]', "9" * 25, "9" * 120]))
    elif way == 4:
        f["group"] = long_string(m.pick(["g", EMOJI, "e\u0301"]), m.pick([49, 50, 51, 99, 100, 101, 3000]))
    else:
        f["group"] = js(m.pick(ODD), m.rng)


@mutation(3)
def other_task(m, f):
    f[m.pick(["labels", "tags", "tokens"])] = raw(m.pick(["null", "[]", '["a"]', "{}", '""', "0", "false", '"x"']))


@mutation(3)
def extra(m, f):
    f[m.pick(["extra", "Text", "LABEL", "iD", "timestamp ", "", "te\u200bxt", "text\x00", "a.b"])] = raw(
        m.pick(["1", "null", '"\\ud800"', '{"text": 1}', "[1,[2,[3]]]", '{"a": {"a": 1}}', "1e400", '"\\u0000"']))


@mutation(2)
def deep(m, f):
    n = m.pick([5, 100, 998, 999, 1000, 1001, 20_000])
    if m.maybe(2):
        f["extra"] = [Rep((b"[", n)), Rep((b"]", n))]
    else:
        f["extra"] = [Rep((b'{"a":', n)), b"1", Rep((b"}", n))]


@mutation()
def long_number(m, f):
    f["extra"] = [Rep((b"7", m.pick([400, 999, 1000, 1001, 5000])))]


@mutation()
def long_name(m, f):
    n = m.pick([MAX_NAME, MAX_NAME + 1]) if m.maybe(4) else 5000
    f[b'"' + b"n" * n + b'"'] = raw("1")


@mutation(3)
def duplicate(m, f):
    name = m.pick(["text", "label", "id", "extra", "weight"])
    f[name] = f.get(name, raw("1"))
    escaped = '"' + "".join("\\u%04x" % ord(c) for c in name) + '"'
    if m.maybe(2):
        f[escaped.encode()] = f[name]
    else:
        f["nested"] = raw('{"a":1,"b":2,"a":1}')


@mutation(3)
def not_an_object(m, f):
    whole = m.pick([b"", b" ", b"null", b"[]", b"1", b'"text"', b"true", b"{", b"}", b"{}", b"[{}]", b"\x00", b"\xff\xfe",
                    b'{"text"', b'{"text":"good","label":"high"', b'{"text":"good" "label":"high"}', b"{'text':'a'}",
                    b'{"text":"good",}', b'{text:"good"}', b"\xef\xbb\xbf", b"{/**/}", b"# {}", b'{"a":1}{"b":2}',
                    b"plain text", b"<xml/>", b'{"text":"go\nod","label":"high"}', b'{"text":"\\x41","label":"high"}',
                    b'{"text":"\\ud83","label":"high"}', b'{"text":"good\\","label":"high"}', b"AAAA\x02good\x02high"])
    m.wrapped = lambda value: [whole] if whole else []


@mutation(3)
def around(m, f):
    before, behind = m.pick([
        (b"", b" "), (b" \n", b"\t\r\n"), (b"\xef\xbb\xbf", b""), (b"", b"\x00"), (b"", b" x"), (b"", b"{}"), (b"", b","),
        (b"[", b"]"), (b"\x00", b""), (b"", b"\xef\xbb\xbf"), (b"\xc2\xa0", b""), (b"\x0b", b""), (b")]}',\n", b""),
        (b"\xef\xbb\xbf\xef\xbb\xbf", b""), (b"\x00\x00\x00\x00\x01", b""), (b"//\n", b""), (b"", b"// x")])
    m.wrapped = lambda value: [before] + value + [behind]


@mutation(2)
def other_encoding(m, f):
    encoding = m.pick(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig"])
    m.wrapped = lambda value: (
        [expand(value).decode("utf-8").encode(encoding)] if all(not isinstance(p, Rep) for p in value) and is_utf8(value) else value
    )


def is_utf8(parts):
    try:
        expand(parts).decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


@mutation(2)
def cut(m, f):
    share = m.rng.random()

    def cut_off(value):
        whole = expand(value)
        return [whole[: int(share * len(whole))]] if len(whole) < 2000 else value[:-1]

    m.wrapped = cut_off


@mutation(2)
def flipped(m, f):
    where, bit = m.rng.random(), m.rng.randrange(8)

    def flip(value):
        whole = bytearray(expand(value))
        if len(whole) >= 2000:
            return value
        # Only in front of the fields: a flip inside of an id or a label could make it another's.
        at = int(where * 2)
        whole[at] ^= 1 << bit
        return [bytes(whole)]

    m.wrapped = flip


@mutation()
def megabyte(m, f):
    n = 900_000 if m.maybe(12) else 30_000
    way = m.rng.randrange(4)
    if way == 0:
        f["extra"] = long_string("x", n)
    elif way == 1:
        f["extra"] = [b"[", Rep((b"1,", n // 2)), b"1]"]
    elif way == 2:
        m.wrapped = lambda value: [Rep((b" ", n))] + value
    else:
        m.wrapped = lambda value: [Rep((b"\xff", n))]


# ------------------------------------------------------------------------------------------------
# The files.
# ------------------------------------------------------------------------------------------------

# Topic, partition, and share of the records. Between the third and fourth the service is killed.
SEGMENTS = [("examples", 0, 30), ("heldout", 0, 15), ("examples", 1, 30), ("heldout", 0, 10), ("examples", 0, 15)]


def make():
    maker = Maker(SEED)
    records = []
    for segment, (topic, partition, share) in enumerate(SEGMENTS):
        for _ in range(ALL * share // 100):
            made = maker.next(topic, partition)
            key, value = expand(made["key"]), expand(made["value"])
            if made["value"] is None:
                value = None
            record = {"n": maker.number, "s": segment, "t": topic, "p": partition, "ts": maker.sent}
            try:
                record.update(decode(key, value, maker.sent))
            except Refusal as refusal:
                record["reason"] = str(refusal)
            if "weight" in record and not 1e-9 < record["weight"] < 1e9:
                record["extreme"] = True
            maker.remember(record)
            records.append((record, made))
    return records


def packed(parts):
    """Bytes as the file has them."""

    def one(part):
        if isinstance(part, Rep):
            if part[0] == b"\xff":
                return {"b": base64.b64encode(part[0]).decode(), "n": part[1]}
            return {"r": part[0].decode("utf-8"), "n": part[1]}
        try:
            return part.decode("utf-8")
        except UnicodeDecodeError:
            return {"b": base64.b64encode(part).decode()}

    joined = []
    for part in parts:
        if joined and not isinstance(part, Rep) and not isinstance(joined[-1], Rep):
            joined[-1] += part
        else:
            joined.append(part)
    items = [one(part) for part in joined if isinstance(part, Rep) or part]
    return "" if not items else items[0] if len(items) == 1 and isinstance(items[0], str) else items


def by_base(values):
    """One for all bases, where it is."""
    first = values[BASES[0]]
    return first if all(value == first for value in values.values()) else values


def lines(chosen, most_labels):
    records = [record for record, _ in chosen]
    became, labels, later = {}, {}, {}
    for base in BASES:
        became[base], labels[base] = outcomes(base, records, most_labels)
        later[base] = amendments(records, became[base])
    yield {
        "generator": hashlib.sha256(HERE.read_bytes()).hexdigest(),
        "settings": {
            "millrace.example.max-text-characters": str(MAX_TEXT),
            "millrace.example.max-id-characters": str(MAX_ID),
            "millrace.labels.max-characters": str(MAX_LABEL),
            "millrace.labels.learn-from": str(LEARN_FROM),
            "millrace.labels.unknown": "grow",
            "millrace.labels.max": str(most_labels),
        },
        "labels": labels,
    }
    for i, (record, made) in enumerate(chosen):
        line = {name: value for name, value in record.items() if name != "texts" and value is not None}
        if line.get("weight") == 1.0:
            del line["weight"]
        for name in ("replaced", "pair"):
            if line.get(name) is False:
                del line[name]
        if made["key"] is not None:
            line["k"] = packed(made["key"])
        if made["value"] is not None:
            line["v"] = packed(made["value"])
        if "reason" not in line:
            line["became"] = by_base({base: became[base][i] for base in BASES})
        amended = by_base({base: later[base][i] for base in BASES})
        if amended:
            line["later"] = amended
        yield line


def file(chosen, most_labels):
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=9, mtime=0, filename="") as out:
        for line in lines(chosen, most_labels):
            out.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
    return content.getvalue()


def selection(records):
    """Of each segment its share, in a row, so that there are corrections and what they correct."""
    rng = random.Random(SEED)
    chosen = []
    for segment, (_, _, share) in enumerate(SEGMENTS):
        of_segment = [record for record in records if record[0]["s"] == segment]
        count = SELECTION * share // 100
        start = rng.randrange(len(of_segment) - count)
        chosen += of_segment[start : start + count]
    return chosen


def main():
    records = make()
    files = {
        "mutated-500.jsonl.gz": file(selection(records), 40),
        "mutated-20000.jsonl.gz": file(records, 100),
    }
    for name, content in files.items():
        path = FOLDER / name
        if "--check" in sys.argv[1:]:
            if gzip.decompress(path.read_bytes()) != gzip.decompress(content):
                sys.exit("%s is not what %s writes: run it without --check" % (path, HERE))
            print("%s is what %s writes" % (path.name, HERE.name))
        else:
            path.write_bytes(content)
            print("%s: %d bytes" % (path, len(content)))


if __name__ == "__main__":
    main()
