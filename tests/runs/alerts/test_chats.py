"""Alerts to webhooks and to the bots of chats, against an HTTP server on this machine."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.alerts.channel import DeliveryError, open_channel
from analysis.runs.alerts.event import Event
from analysis.runs.alerts.sending import teller
from analysis.runs.schedule.reading import read_schedule
from tests.runs.alerts.conftest import PICTURE, SENTENCE, Publish, Server, event
from tests.runs.schedule.conftest import Write

SECRETS = {
    "WECOM_KEY": "11aa22bb-secret-33cc",
    "DING_TOKEN": "deadbeefsecret",
    "DING_SIGN": "SECsecret123",
    "FEISHU_TOKEN": "feishu-secret-77",
    "SLACK_TOKENS": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "HOOK_PASSWORD": "pa/ss@word",
    "HOOK_KEY": "k&y=secret",
}
BOTS = {
    "wecombot": "wecombot://${WECOM_KEY}",
    "dingtalk": "dingtalk://${DING_SIGN}@${DING_TOKEN}/",
    "feishu": "feishu://${FEISHU_TOKEN}",
    "slack": "slack://${SLACK_TOKENS}",
}
TAKEN = {
    "wecombot": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success"},
    "slack": b"ok",
}
TEXT = """\
[recipients.team]
url = "%s"

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
alert = { when = "always", to = ["team"], attach = "picture" }
"""
Send = Callable[[str, Event], None]


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lead every bot's request to the local server; give the addresses that were meant."""
    found: list[str] = []
    ask = requests.Session.request

    def near(session: Any, method: str, url: str, **named: Any) -> Any:
        if server.place in url:
            return ask(session, method, url, **named)
        found.append(url)
        return ask(session, method, f"http://{server.place}/bot", **named)

    monkeypatch.setattr(requests.Session, "request", near)
    return found


@pytest.fixture
def tell(project: Home, write: Write) -> Send:
    def send(url: str, told: Event) -> None:
        schedule = read_schedule(project, write(TEXT % url))
        teller(project)(schedule, schedule.jobs[0], told, "team")

    return send


def text_of(kind: str, payload: Any) -> str:
    """Where each bot's own guide says that the text stands."""
    if kind == "slack":
        return str(payload["attachments"][0]["text"])
    place = {"wecombot": "text", "dingtalk": "text", "feishu": "content"}[kind]
    return str(payload[place]["text" if kind == "feishu" else "content"])


ADDRESSES = {
    "wecombot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11aa22bb-secret-33cc",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=deadbeefsecret",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/feishu-secret-77/",
    "slack": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
}


@pytest.mark.parametrize("kind", BOTS)
def test_a_bot_gets_plain_text_once(
    kind: str, tell: Send, server: Server, asked: list[str], publish: Publish
) -> None:
    server.answer = TAKEN[kind]
    tell(BOTS[kind], event("watch", publish()))
    assert asked == [ADDRESSES[kind]]
    (post,) = server.got
    assert text_of(kind, post.body).splitlines() == [
        "▲ Watch",
        SENTENCE,
        "",
        "Total over the horizon: 43.8 m EUR (80% interval 40.1 m EUR to 47.5 m EUR)",
        "Accuracy in the backtest: 91.6% (95% interval 90.2% to 93.0%)",
        "Days: 42",
        "Error saved: 63.8% (95% interval 52.3% to 73.5%)",
        "Job: daily (sales)",
        "Scheduled: 2026-06-18 07:30 Asia/Shanghai",
        "Parameters: as_of=2026-06-17, horizon=42",
        "Report: sales/20260618T073012Z-abc",
    ]


@pytest.mark.parametrize("kind", BOTS)
def test_nobody_is_called_by_what_a_notebook_says(
    kind: str, tell: Send, server: Server, asked: list[str]
) -> None:
    server.answer = TAKEN[kind]
    hostile = '@all @13800000000 <at user_id="all">x</at> <!channel> <@U1> <https://x|y> **b**'
    tell(BOTS[kind], event("failed", None, hostile))
    (post,) = server.got
    text = text_of(kind, post.body)
    assert "＠all ＠13800000000" in text
    for sign in ("@", "<at", "<!", "<@", "<h", "</at"):
        assert sign not in text
    assert not post.body.get("at", {}).get("isAtAll")
    assert not post.body.get("mrkdwn", False)


@pytest.mark.parametrize(
    ("kind", "answer", "error"),
    [
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}, "error 93000"),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "error 310000"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "error 19021"),
        ("wecombot", b"<html>log in to the network first</html>", "error no_JSON"),
    ],
)
def test_what_a_bot_refuses_with_http_200_is_not_delivered(
    kind: str, answer: Any, error: str, tell: Send, server: Server, asked: list[str]
) -> None:
    server.answer = answer
    with pytest.raises(DeliveryError, match=rf"^{kind} \S+: refused with {error}$"):
        tell(BOTS[kind], event("failed"))
    assert len(server.got) == 1


def test_a_text_is_cut_to_what_wecom_takes(
    tell: Send, server: Server, asked: list[str], publish: Publish
) -> None:
    server.answer = TAKEN["wecombot"]
    number = {"label": "销" * 80, "text": "1", "interval": ""}
    headline = {"sentence": "涨" * 480, "status": "good", "numbers": [number] * 4}
    tell(BOTS["wecombot"], event("good", publish(headline=headline)))
    text = text_of("wecombot", server.got[0].body)
    assert 1500 < len(text.encode()) <= 2048
    assert text.splitlines()[1] == "涨" * 480
    assert text.count("销") < 320
    assert text.splitlines()[-1] == "Report: sales/20260618T073012Z-abc"


HOOK = "json://robot:${HOOK_PASSWORD}@%s/path?-key=${HOOK_KEY}&rto=0.5"


def test_a_webhook_gets_the_message_and_the_picture(
    tell: Send, server: Server, publish: Publish
) -> None:
    tell(HOOK % server.place, event("watch", publish()))
    (post,) = server.got
    assert post.path == "/path?key=k%26y%3Dsecret"
    user = base64.b64decode(post.headers["Authorization"].removeprefix("Basic ")).decode()
    assert user == "robot:pa/ss@word"
    assert post.body["title"].startswith("▲ Watch · daily · Plan for 43.8 m EUR")
    assert post.body["message"].splitlines()[:2] == ["▲ Watch", SENTENCE]
    (file,) = post.body["attachments"]
    assert file["filename"] == "zebra.png"
    assert base64.b64decode(file["base64"]) == PICTURE


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, "refused with error 500"), (403, "refused with error 403"),
     (302, "refused with error 302")],
)  # fmt: skip
def test_a_webhook_that_refuses(status: int, error: str, tell: Send, server: Server) -> None:
    server.status = status
    with pytest.raises(DeliveryError) as caught:
        tell(HOOK % server.place, event("failed"))
    assert str(caught.value) == f"json 127.0.0.1: {error}"
    # A redirect is not followed: the password would go with it.
    assert [post.path for post in server.got] == ["/path?key=k%26y%3Dsecret"]


NO_ANSWER = "json 127.0.0.1: no connection, no answer in time, or a refused login"


def test_a_webhook_that_hangs_is_given_up(tell: Send, server: Server) -> None:
    server.sleep = 1.5
    began = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        tell(HOOK % server.place, event("failed"))
    assert time.monotonic() - began < 1.4
    assert str(caught.value) == NO_ANSWER


def test_a_webhook_that_is_not_there(tell: Send) -> None:
    with pytest.raises(DeliveryError) as caught:
        tell(HOOK % "127.0.0.1:1", event("failed"))
    assert str(caught.value) == NO_ANSWER


def test_no_secret_leaves_by_error_trace_log_or_screen(
    tell: Send, server: Server, asked: list[str], caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    import traceback

    caplog.set_level(logging.DEBUG)
    server.status = 500
    told = []
    for url in (*BOTS.values(), HOOK % server.place):
        with pytest.raises(DeliveryError) as caught:
            tell(url, event("failed"))
        told.append("".join(traceback.format_exception(caught.value)))
    assert len(server.got) == 5
    everything = "".join(told) + caplog.text + "".join(capfd.readouterr())
    assert "refused with error 500" in everything
    for secret in (*SECRETS.values(), "k%26y", "pa%2Fss", "TIiajkdnlazkcOXrIdevi7FQ"):
        assert secret not in everything


@pytest.mark.parametrize("url", ["wecombot://", "dingtalk://no-such-token!/", "slack://a"])
def test_an_address_that_is_wrong_is_not_shown(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as caught:
        open_channel(url)
    kind = url.partition("://")[0]
    assert str(caught.value) == f"{kind}://: an address that this kind of recipient does not take"
    assert "".join(capfd.readouterr()) == ""


def test_a_channel_knows_only_markdown_or_text() -> None:
    assert open_channel("slack://${SLACK_TOKENS}").form == "text"
    assert open_channel("slack://${SLACK_TOKENS}/?format=markdown").form == "markdown"
    assert open_channel("mailto://robot:x@127.0.0.1/?from=a@example.com").form == "html"
