from __future__ import annotations

import pytest

from analysis.base.errors import InputError
from analysis.runs.alerts.secrets import fill


@pytest.mark.parametrize(
    ("url", "filled"),
    [
        ("json://example.com/path", "json://example.com/path"),
        ("mailtos://a:${V}@example.com", "mailtos://a:x%2Fy%40z%3F%26@example.com"),
        ("mailtos://${V}:b@example.com/?to=a@example.com", "mailtos://x%2Fy%40z%3F%26:b@example.com/?to=a@example.com"),
        ("json://example.com/?-key=${V}", "json://example.com/?-key=x%2Fy%40z%3F%26"),
        ("slack://${W}", "slack://T1/B2/c3"),
        ("slack://team@${W}/#${W}", "slack://team@T1/B2/c3/#T1/B2/c3"),
        ("json://${W}${W}", "json://T1/B2/c3T1/B2/c3"),
    ],
)  # fmt: skip
def test_values_are_filled_in_as_pieces_or_as_they_are(
    url: str, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("V", "x/y@z?&")
    monkeypatch.setenv("W", "T1/B2/c3")
    assert fill(url) == filled


def test_a_value_is_not_filled_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("V", "${W}")
    monkeypatch.setenv("W", "secret")
    assert fill("json://${V}") == "json://${W}"


@pytest.mark.parametrize("value", ["", None])
def test_a_variable_that_is_not_set_is_named(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("V", raising=False)
    if value is not None:
        monkeypatch.setenv("V", value)
    with pytest.raises(InputError, match=r"^the environment variable V is not set$"):
        fill("wecombot://${V}")
