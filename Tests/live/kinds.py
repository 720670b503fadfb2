"""Every kind of order that a client can send, as one table: what it needs loaded, and what a random
one of it looks like. A new order type is one line here, and is then in every test that takes
streams of orders."""

from dataclasses import dataclass, field
from typing import Callable

from live.client import decoded

# Prices in cents lie this far around the middle, so that about half of the orders meet another.
MIDDLE, SPREAD = 10_000, 40


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def near(numbers):
    return MIDDLE + numbers.randint(-SPREAD, SPREAD)


def away(numbers, side, least=1):
    """A price that a stop of this side waits for: above for a buy, below for a sell."""
    step = numbers.randint(least, SPREAD)
    return MIDDLE + step if side == "buy" else MIDDLE - step


def limit(numbers, side):
    return {"price": money(near(numbers))}


def nothing(numbers, side):
    return {}


def with_price(**fields):
    """A limit order with these fields too."""
    return lambda numbers, side: limit(numbers, side) | fields


def params(make):
    """What `make` gives are the order type's own parameters; `price` is the order's."""
    def body(numbers, side):
        given = make(numbers, side)
        price = given.pop("price", None)
        return {"params": given} | ({} if price is None else {"price": price})
    return body


def stop(numbers, side):
    return {"stop_price": money(away(numbers, side))}


def touched(numbers, side):
    return {"stop_price": money(away(numbers, "sell" if side == "buy" else "buy"))}


def exits(numbers, side):
    """A bracket's exits stand on either side of its entry."""
    profit = away(numbers, side, 5)
    return {
        "price": money(MIDDLE), "take_profit_price": money(profit),
        "stop_loss_price": money(2 * MIDDLE - profit)}


def one_cancels_other(numbers, side):
    """The limit waits on the good side of the market, the stop on the bad one."""
    step = numbers.randint(5, SPREAD)
    sign = -1 if side == "buy" else 1
    return {"price": money(MIDDLE + sign * step), "stop_price": money(MIDDLE - sign * step)}


def one_triggers_other(numbers, side):
    return {"price": money(near(numbers)), "exit_price": money(near(numbers))}


def pegged(numbers, side):
    return {
        "price": money(near(numbers)), "reference": numbers.choice(["bid", "ask", "midpoint"]),
        "offset": numbers.choice(["-0.02", "-0.01", "0", "0.01"])}


@dataclass(frozen=True)
class Kind:
    order_type: str = "limit"
    time_in_force: str = "gtc"
    make: Callable = limit
    needs: str = ""
    """A field of POST /api/v1/orders without which this kind can't be sent."""
    least: int = 1
    """The smallest quantity that makes sense."""
    fires_once: bool = False
    """It may be triggered, and then only once in its life."""
    timeless: dict = field(default_factory=dict)
    """Fields that aren't random."""

    def body(self, numbers, account, symbol):
        side = numbers.choice(["buy", "sell"])
        return {
            "account_id": account, "side": side, "symbol": symbol,
            "quantity": str(numbers.randint(self.least, self.least + 8)),
            "order_type": self.order_type, "time_in_force": self.time_in_force,
        } | self.make(numbers, side) | self.timeless


KINDS = {
    "limit": Kind(),
    "day": Kind(time_in_force="day"),
    "market": Kind("market", "day", nothing),
    "ioc": Kind(time_in_force="ioc"),
    "fok": Kind(time_in_force="fok"),
    "internal": Kind(make=with_price(internal=True)),
    "gtd": Kind(time_in_force="gtd", timeless={"expire_time": "2100-01-01T00:00:00Z"}),
    # Instructions beside any type.
    "instructed post-only": Kind(needs="post_only", make=with_price(post_only=True)),
    "reduce-only": Kind(needs="reduce_only", make=with_price(reduce_only=True)),
    "all or none": Kind(needs="all_or_none", make=with_price(all_or_none=True)),
    "minimum": Kind(needs="min_quantity", make=with_price(min_quantity="2"), least=2),
    "displayed": Kind(needs="display_quantity", make=with_price(display_quantity="2"), least=3),
    "cancels the oldest": Kind(needs="stp_mode", make=with_price(stp_mode="cancel_oldest")),
    "cancels both": Kind(needs="stp_mode", make=with_price(stp_mode="cancel_both")),
    "decrements": Kind(needs="stp_mode", make=with_price(stp_mode="decrement")),
    # Order types.
    "stop": Kind("stop", make=params(stop), fires_once=True),
    "stop limit": Kind(
        "stop_limit", fires_once=True,
        make=params(lambda numbers, side: stop(numbers, side) | limit(numbers, side))),
    "market if touched": Kind("market_if_touched", make=params(touched), fires_once=True),
    "limit if touched": Kind(
        "limit_if_touched", fires_once=True,
        make=params(lambda numbers, side: touched(numbers, side) | limit(numbers, side))),
    "trailing stop": Kind(
        "trailing_stop", fires_once=True,
        make=params(lambda numbers, _: {"trail_amount": money(numbers.randint(2, SPREAD))})),
    "trailing stop, bps": Kind(
        "trailing_stop", fires_once=True,
        make=params(lambda numbers, _: {"trail_bps": numbers.randint(2, SPREAD)})),
    "trailing stop limit": Kind(
        "trailing_stop_limit", fires_once=True, make=params(lambda numbers, _: {
            "trail_amount": money(numbers.randint(2, SPREAD)), "limit_offset": "-0.05"})),
    "iceberg": Kind(
        "iceberg", least=3, make=params(
            lambda numbers, side: limit(numbers, side) | {"display_quantity": "2"})),
    "post-only": Kind("post_only"),
    "pegged": Kind("pegged", make=params(pegged)),
    "bracket": Kind("bracket", make=params(exits)),
    "oco": Kind("oco", make=params(one_cancels_other)),
    "oto": Kind("oto", make=params(one_triggers_other)),
    "twap": Kind(
        "twap", least=4,
        make=params(lambda numbers, side: limit(numbers, side) | {"duration": 2_000, "slices": 4})),
}


@dataclass(frozen=True)
class Offer:
    """What a host takes: the plugins that it has loaded, the fields that its API knows."""

    order_types: frozenset
    times_in_force: frozenset
    fields: frozenset

    @classmethod
    def of(cls, client):
        plugins = client.get("/api/v1/plugins")
        document = decoded(client.call("GET", "/openapi.json"))
        body = document["paths"]["/api/v1/orders"]["post"]["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return cls(
            frozenset(entry["name"] for entry in plugins["order_types"]),
            frozenset(entry["name"] for entry in plugins["times_in_force"]),
            frozenset(schema["properties"]))

    def lacks(self, kind):
        """What this kind of order would need and isn't there; empty where it can be sent."""
        return " and ".join(
            [*([f"order type {kind.order_type}"] if kind.order_type not in self.order_types else []),
             *([f"time in force {kind.time_in_force}"]
               if kind.time_in_force not in self.times_in_force else []),
             *([f"field {kind.needs}"] if kind.needs and kind.needs not in self.fields else [])])

    def kinds(self):
        return [kind for kind in KINDS.values() if not self.lacks(kind)]
