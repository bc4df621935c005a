"""People in real browsers: hands that count their key presses, desks of signed-in colleagues, letters that arrive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import redis
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from core.tests.mailbox import Mailbox
from orgchart.models import Person
from tickets.rules.numbers import spoken

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "gate-river-lamp-72"
PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MISSING = 900000999
MODELS = ("青禾 A5", "青禾 A6", "折扇 F2", "山行 G7", "长乐 K3", "轻羽 S10", "星河 X9", "星河 X9 Pro")
_ANY_SPACE = re.compile(r"\s+")
_REFUSED = re.compile(r"status of (404|422)")
TILES = ".stat, .ages a"  # figures on tiles, and the open cases by age
FIGURES = """tiles => tiles.map(tile => {
    const value = tile.querySelector('.stat-value, strong').textContent.trim();
    return [(tile.querySelector('.stat-label') ?? tile).textContent.trim().replace(value, ''), Number(value)];
})"""
CUT_OFF = """width => document.documentElement.scrollWidth > width
    || [...document.querySelectorAll('dialog[open]')].some(box => box.scrollWidth > box.clientWidth)"""


@contextmanager
def step(words: str) -> Iterator[None]:
    """A step of a story; whatever fails inside says at which step it was."""
    try:
        yield
    except BaseException as problem:
        problem.add_note(f"At the step: {words}")
        raise


def forget_lookups() -> None:
    """Exact look-ups are counted per person and hour in Redis, which no rollback empties."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter("lookups:*"):
        client.delete(key)


class Letters(Mailbox):
    """A mailbox that also keeps what came in."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        super().__init__()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """aiosmtpd's hook: one mail has come in."""
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return await super().handle_DATA(server, session, envelope)


class Hands:
    """Hands on the keyboard of one page; every press that is not free text is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, keys: str) -> None:
        """One key, or several held together ("Control+Enter" is two presses)."""
        self.presses += keys.count("+") + 1
        self.page.keyboard.press(keys)

    def pick(self, text: str) -> None:
        """What is typed to choose from a list counts letter by letter."""
        for letter in text:
            self.press(letter)

    def write(self, text: str) -> None:
        """Free text: what the caller says."""
        self.page.keyboard.type(text)

    def tab_to(self, name: str) -> Locator:
        """Tab, which has to lead to the field `name`."""
        self.press("Tab")
        field = self.page.locator(f"#call-form [name={name}]:focus")
        expect(field).to_have_count(1)
        return field


class Desk:
    """The browser of one person, signed in through the log-in page, in Chinese."""

    def __init__(self, chromium: Browser, site: str, person: Person, **options: Any) -> None:
        self.person = person
        self.complaints: list[str] = []
        self.context: BrowserContext = chromium.new_context(
            base_url=site, locale="zh-CN", **{"viewport": WIDE, **options}
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        self.page.on("console", self._listen)
        self._sign_in()

    def _listen(self, line: Any) -> None:
        # Stories ask for some refusals on purpose; everything else that the console calls an error is one.
        refused = _REFUSED.search(line.text)
        if "Content Security" in line.text or (line.type == "error" and not refused):
            self.complaints.append(line.text)

    def _sign_in(self) -> None:
        self.page.goto("/accounts/login/")
        self.page.locator("[name=login]").fill(self.person.username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator("#bell")).to_be_visible()
        expect(self.page.locator("html")).to_have_attribute("lang", "zh-hans")

    def get(self, address: str) -> tuple[int, str]:
        """Status and text of an address, asked for with this person's session."""
        answer = self.context.request.get(address)
        return answer.status, answer.text()

    def look_back(self) -> None:
        """Come back to the open page, as from another window: the bell asks anew without a reload."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def follow_bell(self, number: int) -> None:
        """Open the case from the newest message behind the bell."""
        self.page.locator("#bell").click()
        row = self.page.get_by_role("row").filter(has_text=spoken(number)).first
        row.get_by_role("button", name="打开").click()
        expect(self.page.locator("h1")).to_contain_text(spoken(number))

    def take(self, label: str, *, state: str, **inputs: str) -> None:
        """Take the step `label` on the open case page: its dialog, its `inputs` by name, the state afterwards."""
        self.page.get_by_role("group", name="操作").get_by_role("link", name=label, exact=True).click()
        dialog = self.page.locator("#app-dialog")
        expect(dialog).to_be_visible()
        for name, value in inputs.items():
            _fill(dialog.locator(f"[name={name}]"), value)
        assert self.fits(), f"the dialog of {label} does not fit"
        dialog.get_by_role("button", name=label, exact=True).click()
        expect(self.page.locator(".case-head")).to_contain_text(state)
        assert self.fits(), f"the case page does not fit after {label}"

    def fits(self) -> bool:
        """Whether nothing of page or dialog sticks out to the side."""
        return not self.page.evaluate(CUT_OFF, self.page.viewport_size["width"])

    def figures(self) -> dict[str, int]:
        """The figures of the start page by their label."""
        self.page.goto("/")
        return dict(self.page.locator(TILES).evaluate_all(FIGURES))

    def list_behind(self, label: str) -> Locator:
        """Open the list behind a figure of the start page; the links to its cases."""
        self.page.goto("/")
        self.page.locator(TILES).filter(has_text=label).click()
        expect(self.page.locator(".list-card")).to_be_visible()
        return self.page.locator(".list-card tbody th a")

    def search(self, text: str) -> Locator:
        """Look for `text` in the box on top; the main part of what comes."""
        self.page.locator(".topbar-search input[type=search]").fill(text)
        with self.page.expect_navigation(url=re.compile("/search/.+")):
            self.page.locator(".topbar-search input[type=search]").press("Enter")
        return self.page.locator("main")

    def close(self) -> None:
        """Close the browser and hold the pages to having run without a complaint."""
        self.context.close()
        assert self.complaints == [], f"{self.person.username}: {self.complaints}"


def _fill(field: Locator, value: str) -> None:
    kind = field.first.evaluate("field => field.type")
    if kind == "radio":
        field.and_(field.page.locator(f"[value={value}]")).check()
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(value)


def squeezed(text: str) -> str:
    """Without any kind of space: numbers are shown in groups."""
    return _ANY_SPACE.sub("", text)


Open = Callable[..., Desk]
