"""The conditions of the console's filter, translated for DuckDB.

Ground Truth's console fixes ``SELECT * FROM S3Object s WHERE`` and lets the user write the condition, in the SQL of Amazon S3 Select (SageMaker
developer guide, "Filter and select objects using SQL"; S3 user guide, "SQL reference for Amazon S3 Select"). This module reads such a condition and
writes the same for DuckDB over JSON texts. What a user wrote never gets into DuckDB's SQL except as a parameter, and only what is listed here can be
said: no subquery, no function that reads files.

A JSON value has a type of its own, so that a comparison holds only between values of one type, as in S3 Select: ``s.page > 3`` is not true of a line
whose page is "12". As always in SQL, a comparison with a value that is not there is neither true nor false.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, Never

from nblabel.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Condition", "translate"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<sign><=|>=|<>|!=|[=<>().,\[\]+-])
    )""",
    re.VERBOSE,
)
_QUERY = re.compile(r"\s*(SELECT|WHERE)\b", re.IGNORECASE)
_TEXT_FUNCTIONS = {"LOWER": "lower", "UPPER": "upper", "TRIM": "trim"}
_LENGTH_FUNCTIONS = ("CHAR_LENGTH", "CHARACTER_LENGTH")
_NUMBER_TYPES = ("INT", "INTEGER", "FLOAT", "DECIMAL", "NUMERIC")
_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
_ALIAS = "s"

_Kind = Literal["text", "number", "boolean", "json"]


class Condition(NamedTuple):
    """A condition in DuckDB's SQL.

    Attributes
    ----------
    sql
        An expression over the columns ``v0``, ``v1``, ... and the parameters ``$p0``, ``$p1``, ...
    pointers
        What each column holds: the JSON Pointer (RFC 6901) of a value of the line, as JSON text.
    parameters
        The parameters by name, without the dollar sign.
    """

    sql: str
    pointers: tuple[str, ...]
    parameters: dict[str, str | float]


def translate(where: str) -> Condition:
    r"""Translate a condition.

    Parameters
    ----------
    where
        ``s."source-ref" LIKE '%cat%' AND s.page > 3``: keys after ``s.``, in double quotes where they are not plain words, ``s.a.b`` and ``s.a[0]``
        inside a value; texts in single quotes; ``= <> != < <= > >= LIKE IN BETWEEN IS [NOT] NULL IS [NOT] MISSING AND OR NOT``, brackets, ``LOWER
        UPPER TRIM CHAR_LENGTH`` and ``CAST(... AS INT | FLOAT | DECIMAL | STRING | BOOL)``.

    Raises
    ------
    QueryError
        The condition cannot be understood; the message says where and what was expected.
    TypeError
        It is no text.

    Examples
    --------
    >>> translate("s.page > 3")
    Condition(sql='number_of(v0) > $p0', pointers=('/page',), parameters={'p0': 3.0})
    """
    if not isinstance(where, str):
        raise TypeError(f"a condition is a text such as 's.page > 3', got {where!r:.80}")
    return _Parser(where).translate()


class _Operand(NamedTuple):
    kind: _Kind
    sql: str

    def as_(self, kind: _Kind) -> str:
        """Return the value if it is of a kind, else NULL."""
        return f"{kind}_of({self.sql})" if self.kind == "json" else self.sql


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Parser:
    """Recursive descent; each method reads what its name says and returns it translated."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.pointers: list[str] = []
        self.parameters: dict[str, str | float] = {}
        self.tokens: list[_Token] = []
        if query := _QUERY.match(where):
            self.refuse("give only the condition, what comes after WHERE", query.start(1))
        at = 0
        end = len(where.rstrip())
        while at < end:
            found = _TOKEN.match(where, at)
            if not found:
                at = len(where) - len(where[at:].lstrip())
                unfinished = {"'": "this text has no closing single quote", '"': "this key has no closing double quote"}
                self.refuse(unfinished.get(where[at], f"{where[at]!r} means nothing here"), at)
            kind = found.lastgroup or ""
            self.tokens.append(_Token(kind, found[kind], found.start(kind)))
            at = found.end()
        self.tokens.append(_Token("end", "", end))
        self.place = 0

    def translate(self) -> Condition:
        sql = self.either()
        if self.token.kind != "end":
            self.refuse(f"{self.token.text!r} is not expected here; AND, OR or the end was")
        return Condition(sql, tuple(self.pointers), self.parameters)

    # Conditions

    def either(self) -> str:
        parts = [self.both()]
        while self.take_word("OR"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def both(self) -> str:
        parts = [self.negated()]
        while self.take_word("AND"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"

    def negated(self) -> str:
        return f"(NOT {self.negated()})" if self.take_word("NOT") else self.predicate()

    def predicate(self) -> str:
        start = self.place
        if self.take_sign("("):
            sql = self.either()
            self.expect_sign(")")
            return sql
        value = self.operand()
        if self.token.kind == "sign" and self.token.text in _COMPARISONS:
            sign = self.advance().text
            return self.compared(value, "<>" if sign == "!=" else sign, self.operand())
        if self.take_word("IS"):
            return self.tested(value)
        negation = "NOT " if self.take_word("NOT") else ""
        if self.take_word("LIKE"):
            return f"({negation}{self.like(value)})"
        if self.take_word("IN"):
            return f"({negation}{self.among(value)})"
        if self.take_word("BETWEEN"):
            low = self.compared(value, ">=", self.operand())
            if not self.take_word("AND"):
                self.refuse("AND was expected: BETWEEN 1 AND 9")
            return f"({negation}({low} AND {self.compared(value, '<=', self.operand())}))"
        if value.kind in {"boolean", "json"} and not negation and self.token.kind != "sign":
            return value.as_("boolean")
        if self.token.text in {"-", "+"} and self.tokens[start].text.lower() == _ALIAS:
            self.refuse('a key that is not a plain word is written in double quotes: s."source-ref"')
        return self.refuse("a comparison was expected: = <> < <= > >= LIKE IN BETWEEN IS")

    def compared(self, left: _Operand, sign: str, right: _Operand) -> str:
        kinds = {left.kind, right.kind} - {"json"}
        if len(kinds) > 1:
            self.refuse(f"{' and '.join(sorted(kinds))} are not compared; write CAST(... AS STRING), AS FLOAT or AS BOOL around one", self.last.at)
        if kinds:
            kind = kinds.pop()
            return f"{left.as_(kind)} {sign} {right.as_(kind)}"
        pairs = [f"{left.as_(kind)} {sign} {right.as_(kind)}" for kind in ("number", "text", "boolean")]
        return f"coalesce({', '.join(pairs)})"

    def tested(self, value: _Operand) -> str:
        negation = "NOT " if self.take_word("NOT") else ""
        if self.take_word("NULL"):
            null = f"({value.sql} IS NULL OR {value.sql}::VARCHAR = 'null')" if value.kind == "json" else f"{value.sql} IS NULL"
            return f"({negation}{null})"
        if self.take_word("MISSING"):
            return f"({negation}{value.sql} IS NULL)"
        return self.refuse("NULL or MISSING was expected after IS")

    def like(self, value: _Operand) -> str:
        if value.kind not in {"text", "json"}:
            self.refuse("LIKE looks at texts; write CAST(... AS STRING) around this")
        sql = f"{value.as_('text')} LIKE {self.text_literal()}"
        if self.take_word("ESCAPE"):
            if self.token.kind != "string" or len(_unquoted(self.token)) != 1:
                self.refuse("one character in single quotes was expected after ESCAPE")
            sql += f" ESCAPE {self.text_literal()}"
        return sql

    def among(self, value: _Operand) -> str:
        self.expect_sign("(")
        parts = [self.compared(value, "=", self.operand())]
        while self.take_sign(","):
            parts.append(self.compared(value, "=", self.operand()))
        self.expect_sign(")")
        return f"({' OR '.join(parts)})"

    # Values

    def operand(self) -> _Operand:
        token = self.token
        if token.kind == "string":
            return _Operand("text", self.text_literal())
        if token.kind == "number" or token.text in {"-", "+"}:
            return _Operand("number", self.number_literal())
        if token.kind == "quoted":
            self.refuse(f"a key is written s.{token.text}, a text in single quotes: '{_unquoted(token)}'")
        if token.kind != "word":
            self.refuse('a key like s."source-ref", a number, or a text in single quotes was expected')
        self.advance()
        word = token.text.upper()
        if word in {"TRUE", "FALSE"}:
            return _Operand("boolean", word)
        if token.text.lower() == _ALIAS:
            return self.path()
        if self.token.text != "(":
            self.refuse(f"{token.text!r} is not known; keys are written s.{token.text}, texts '{token.text}'", token.at)
        return self.call(token, word)

    def call(self, name: _Token, word: str) -> _Operand:
        self.expect_sign("(")
        result: Callable[[_Operand], _Operand]
        if word in _TEXT_FUNCTIONS:
            result = lambda value: _Operand("text", f"{_TEXT_FUNCTIONS[word]}({value.as_('text')})")  # noqa: E731
        elif word in _LENGTH_FUNCTIONS:
            result = lambda value: _Operand("number", f"length({value.as_('text')})")  # noqa: E731
        elif word == "CAST":
            result = self.cast
        else:
            known = ", ".join([*_TEXT_FUNCTIONS, *_LENGTH_FUNCTIONS, "CAST"])
            self.refuse(f"the function {name.text!r} is not known; there are {known}", name.at)
        value = self.operand()
        if word != "CAST" and value.kind not in {"text", "json"}:
            self.refuse(f"{word} takes a text", name.at)
        done = result(value)
        self.expect_sign(")")
        return done

    def cast(self, value: _Operand) -> _Operand:
        if not self.take_word("AS"):
            self.refuse("AS was expected: CAST(s.page AS INT)")
        kind = self.advance().text.upper()
        text = f"plain_text_of({value.sql})" if value.kind == "json" else f"CAST({value.sql} AS VARCHAR)"
        if kind == "STRING":
            return _Operand("text", text)
        if kind in _NUMBER_TYPES:
            number = f"TRY_CAST({text} AS DOUBLE)"
            return _Operand("number", f"trunc({number})" if kind.startswith("INT") else number)
        if kind == "BOOL":
            return _Operand("boolean", f"TRY_CAST({text} AS BOOLEAN)")
        return self.refuse(f"a value cannot be cast to {kind!r}; there are {', '.join(_NUMBER_TYPES)}, STRING and BOOL", self.last.at)

    def path(self) -> _Operand:
        """Read what follows the alias: ``.key``, ``."key"``, ``[0]``."""
        steps: list[str] = []
        while True:
            if self.take_sign("."):
                if self.token.kind not in {"word", "quoted"}:
                    self.refuse('a key was expected after the dot: s.page, s."source-ref"')
                token = self.advance()
                steps.append(_unquoted(token) if token.kind == "quoted" else token.text)
            elif steps and self.take_sign("["):
                if not self.token.text.isdecimal():
                    self.refuse("a place in a list was expected, from 0: s.boxes[0]")
                steps.append(self.advance().text)
                self.expect_sign("]")
            else:
                break
        if not steps:
            self.refuse('a key was expected: s.page, s."source-ref"')
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
        if pointer not in self.pointers:
            self.pointers.append(pointer)
        return _Operand("json", f"v{self.pointers.index(pointer)}")

    def text_literal(self) -> str:
        if self.token.kind != "string":
            self.refuse("a text in single quotes was expected")
        return self.parameter(_unquoted(self.advance()))

    def number_literal(self) -> str:
        sign = -1 if self.take_sign("-") else 1
        if sign == 1:
            self.take_sign("+")
        if self.token.kind != "number":
            self.refuse("a number was expected")
        return self.parameter(sign * float(self.advance().text))

    def parameter(self, value: str | float) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    # Tokens

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    @property
    def last(self) -> _Token:
        return self.tokens[self.place - 1]

    def advance(self) -> _Token:
        token = self.token
        self.place += token.kind != "end"
        return token

    def is_word(self, *words: str) -> bool:
        return self.token.kind == "word" and self.token.text.upper() in words

    def take_word(self, word: str) -> bool:
        found = self.is_word(word)
        self.place += found
        return found

    def take_sign(self, sign: str) -> bool:
        found = self.token.kind == "sign" and self.token.text == sign
        self.place += found
        return found

    def expect_sign(self, sign: str) -> None:
        if not self.take_sign(sign):
            self.refuse(f"{sign!r} was expected")

    def refuse(self, message: str, at: int | None = None) -> Never:
        raise QueryError(message, where=self.where, at=self.token.at if at is None else at)


def _unquoted(token: _Token) -> str:
    quote = token.text[0]
    return token.text[1:-1].replace(quote * 2, quote)
