"""What the tests do in a window, in a trader's words; selectors live here and nowhere else."""

from playwright.sync_api import expect


def is_post(response):
    return response.request.method == "POST"


def is_order(response):
    """The answer to an order, not to its dry run."""
    return is_post(response) and response.url.endswith("/api/v1/orders")


class Window:
    """A browser context with one page. Errors are complaints unless the test expects them."""

    def __init__(self, context, url):
        self.context = context
        self.url = url
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.expected = []
        self.heard = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text}")

    def expect_error(self, text):
        """Chromium reports every refused request on the console; a test names its own."""
        self.expected.append(text)

    def complaints(self):
        return [line for line in self.heard if not any(text in line for text in self.expected)]

    def visit(self, path):
        self.page.goto(self.url + path)
        self.page.wait_for_selector("html[data-ready=yes]", state="attached")
        expect(self.page.locator("#connection")).to_contain_text("Live")


class Desk:
    """The trade page."""

    def __init__(self, window):
        self.window = window
        self.page = window.page
        # The feed's first snapshot; before it the book isn't known to be empty.
        expect(self.page.locator("#symbol")).not_to_have_value("")

    # The ticket.

    def type_order(self, quantity, price=None, order_type="limit", tif=None):
        self.page.select_option("#order_type", order_type)
        if tif is not None:
            self.page.select_option("#tif", tif)
        self.page.fill("#quantity", str(quantity))
        if price is not None:
            self.page.fill("#field-price", str(price))

    def send(self, side):
        self.page.click(f"button[name={side}]")

    def place(self, side, quantity, price=None, **fields):
        """Sends an order that must be taken."""
        self.type_order(quantity, price, **fields)
        self.send(side)
        expect(self.notice).to_have_class("notice good")

    @property
    def notice(self):
        return self.page.locator("#ticket .notice")

    def field_error(self, name):
        return self.page.locator(f"#ticket [data-field={name}] .error")

    def fill_field(self, name, value):
        """A field of the drawn type, whatever its control."""
        control = self.page.locator(f"#field-{name}")
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(str(value))
        else:
            control.fill(str(value))

    def instruct(self, name, value=True):
        """An instruction, from among those that are folded away."""
        self.page.evaluate("document.getElementById('ticket-more').open = true")
        control = self.page.locator(f"#own-{name}")
        if value is True:
            control.check()
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(str(value))

    def check_of(self, side):
        """What the dry run says of a side."""
        return self.page.locator(f"[data-check={side}]")

    # My orders.

    @property
    def rows(self):
        return self.page.locator("#orders tbody tr[data-order]")

    def cell(self, name, row=0):
        return self.rows.nth(row).locator(f"td.{name}")

    def show_orders(self, view):
        self.page.check(f"input[name=order-view][value={view}]", force=True)

    def press(self, verb, row=0):
        self.rows.nth(row).get_by_role("button", name=verb).click()

    def open_tab(self, name):
        self.page.get_by_role("tab", name=name).click()

    # The market.

    def level(self, side, price):
        """The book's row at a price."""
        return self.page.locator(f"#book tr.{side}:not(.vacant)").filter(
            has=self.page.get_by_role("button", name=price, exact=True))

    @property
    def tape(self):
        return self.page.locator("#trades tbody tr")

    def position(self, symbol):
        return self.page.locator("#positions tbody tr").filter(has_text=symbol)

    def figure(self, name):
        return self.page.locator(f"[data-quote={name}]")
