"""How long one call may block Redis, measured through real calls:

    PYTHONPATH=Tests:bench python3 -m blocks [--rounds 5]

A host of its own takes orders over HTTP; Redis's slowlog, which notes every command here, tells how
long each call of the function library ran. Each scene is made to reach a limit of one call: its
fills, its arrivals, its trail moves, its pegged orders. Printed is the median of the rounds' longest
calls, and its ratio to the median of a plain order that rests, in the same run. A scene whose order
type isn't loaded is left out, and said to be.
"""

import argparse
import itertools
import statistics
import tempfile
from dataclasses import dataclass, field

from oes.host import Host
from oes.redis import Redis
from oes.rest import Api

MAKERS = 10
SHARES = 10_000_000
BATCH = 100
NOTED = 100_000
# Matching alone: the rules' guards would be judged too, and their limits met.
ORDER_TYPES = {"libraries": [{"path": "libOESOrderTypes.so"}]}


class World:
    """A host, its Redis, and accounts with cash and shares enough."""

    def __init__(self, host):
        self.api = Api(host.url, timeout=120)
        self.redis = Redis(host.redis_socket())
        self.redis.call("CONFIG", "SET", "slowlog-log-slower-than", 0)
        self.redis.call("CONFIG", "SET", "slowlog-max-len", NOTED)
        self.numbers = itertools.count(1)
        self.makers = [self.account() for _ in range(MAKERS)]
        self.taker = self.account()
        plugins = self.api.get("/api/v1/plugins")
        self.order_types = {entry["name"] for entry in plugins["order_types"]}

    def account(self):
        return self.api.post("/api/v1/accounts", {
            "name": "Bench", "initial_balance": "100000000000"})["account_id"]

    def symbol(self):
        """A new one, of which every account has shares."""
        name = f"BLK{next(self.numbers)}"
        self.api.post("/api/v1/instruments", {
            "symbol": name, "name": name, "asset_type": "stocks", "currency": "USD",
            "price_scale": 2, "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1",
            "price_band_bps": 5000})
        for account in [*self.makers, self.taker]:
            self.api.post(f"/api/v1/accounts/{account}/ledger", {
                "transaction_type": "adjustment", "symbol": name, "quantity": str(SHARES),
                "price": "100"})
        return name

    def place(self, orders):
        """Orders in batches; each must be taken."""
        for at in range(0, len(orders), BATCH):
            answer = self.api.post("/api/v1/orders/batch", {"orders": orders[at:at + BATCH]})
            for item in answer["items"]:
                assert item["status"] in (200, 201), item

    def order(self, symbol, side, quantity, price, account=None, **fields):
        body = {
            "account_id": account or self.makers[next(self.numbers) % MAKERS], "symbol": symbol,
            "side": side, "quantity": str(quantity), "time_in_force": "gtc", **fields}
        return body | ({} if price is None else {"price": price})

    def longest(self, act):
        """Does it; the longest call of the library meanwhile, and how many there were."""
        self.redis.call("SLOWLOG", "RESET")
        act()
        entries = self.redis.call("SLOWLOG", "GET", NOTED)
        micros = [entry[2] for entry in entries
                  if entry[3][0] == b"FCALL" and not entry[3][1].endswith(b"_project")]
        assert micros, "no call of the library was noted"
        return max(micros), len(micros)


@dataclass
class Scene:
    name: str
    make: object
    """Prepares it in a new symbol and gives what is then measured."""
    needs: str = "limit"
    blocks: list = field(default_factory=list)
    calls: list = field(default_factory=list)


def rest(world, symbol):
    return lambda: world.place([world.order(symbol, "buy", 1, "90.00")])


def sweep(count):
    """One order against so many of one unit each, on a hundred levels."""
    def make(world, symbol):
        world.place([
            world.order(symbol, "sell", 1, f"{100 + number % 100 / 100:.2f}")
            for number in range(count)])
        return lambda: world.place([
            world.order(symbol, "buy", count, "110.00", world.taker)])
    return make


def at_one_price(order_type, count, **params):
    """So many parked sells, all set off by one trade at 99.00, with buyers for each."""
    def make(world, symbol):
        world.place([world.order(symbol, side, 1, "100.00", account) for side, account in (
            ("buy", world.makers[0]), ("sell", world.taker))])
        world.place([world.order(symbol, "buy", count, "98.50", world.taker)])
        world.place([
            world.order(symbol, "sell", 1, None, order_type=order_type, time_in_force="day",
                        params=params)
            for _ in range(count)])
        world.place([world.order(symbol, "buy", 1, "99.00", world.taker)])
        return lambda: world.place([
            world.order(symbol, "sell", 1, "99.00", world.makers[1])])
    return make


def trails(count):
    """So many trailing sells, all moved up by one trade at a better price."""
    def make(world, symbol):
        world.place([world.order(symbol, side, 1, "100.00", account) for side, account in (
            ("buy", world.makers[0]), ("sell", world.taker))])
        world.place([
            world.order(symbol, "sell", 1, None, order_type="trailing_stop",
                        time_in_force="day", params={"trail_amount": "5.00"})
            for _ in range(count)])
        world.place([world.order(symbol, "sell", 1, "101.00", world.makers[0])])
        return lambda: world.place([world.order(symbol, "buy", 1, "101.00", world.taker)])
    return make


def pegs(count):
    """So many pegged bids, all moved by a new best bid."""
    def make(world, symbol):
        world.place([
            world.order(symbol, "buy", 1, "99.00"), world.order(symbol, "sell", 1, "101.00")])
        world.place([
            world.order(symbol, "buy", 1, "100.50", order_type="pegged",
                        params={"reference": "bid", "offset": "-0.01"})
            for _ in range(count)])
        return lambda: world.place([world.order(symbol, "buy", 1, "99.50")])
    return make


def kill(count):
    """Every open order of a symbol is cancelled at once."""
    def make(world, symbol):
        world.place([
            world.order(symbol, "buy", 1, f"{90 + number % 100 / 100:.2f}")
            for number in range(count)])

        def act():
            answer = world.api.post("/api/v1/orders/cancel-all", {"symbol": symbol})
            assert answer["cancelled"] == count, answer
        return act
    return make


def scenes():
    return [
        Scene("a plain order that rests", rest),
        Scene("100 fills", sweep(100)),
        Scene("1,000 fills", sweep(1_000)),
        Scene("10,000 orders swept", sweep(10_000)),
        Scene("100 stops at one price", at_one_price("stop", 100, stop_price="99.00"), "stop"),
        Scene("1,000 stops at one price", at_one_price("stop", 1_000, stop_price="99.00"), "stop"),
        Scene("200 trailing stops moved", trails(200), "trailing_stop"),
        Scene("50 pegged orders moved", pegs(50), "pegged"),
        Scene("5,000 orders killed", kill(5_000)),
    ]


def measure(rounds):
    found = scenes()
    with tempfile.TemporaryDirectory() as folder:
        host = Host(folder, plugins=ORDER_TYPES, env={
            "OES_DURABILITY": "fast", "LOG_LEVEL": "warning"})
        try:
            world = World(host.start())
            for _ in range(rounds):
                for scene in found:
                    if scene.needs in world.order_types:
                        block, calls = world.longest(scene.make(world, world.symbol()))
                        scene.blocks.append(block)
                        scene.calls.append(calls)
            host.stop()
        finally:
            host.kill_all()
    return found


def table(found):
    plain = statistics.median(found[0].blocks)
    yield "| what | longest call | of a plain order | calls |"
    yield "|---|---|---|---|"
    for scene in found:
        if not scene.blocks:
            yield f"| {scene.name} | order type {scene.needs} isn't loaded | | |"
            continue
        block = statistics.median(scene.blocks)
        yield (f"| {scene.name} | {block / 1000:,.2f} ms | {block / plain:,.0f} × | "
               f"{statistics.median(scene.calls):,.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    print("\n".join(table(measure(parser.parse_args().rounds))))


if __name__ == "__main__":
    main()
