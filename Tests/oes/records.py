"""The records and event entries of docs/REDIS.md, read as written there and not as our code reads.

A record becomes a dict of its fields; texts are str, numbers int in their scale.
"""

import struct

ORDER_FIELDS = (
    "price quantity filled notional_high notional_low amount hold fee fee_rest book_seq "
    "accepted_seq last_seq created_at updated_at closed_at expire_at request_hash").split()
ORDER_HEAD = "version status side policy book pricing self_trade flags".split()
ACCOUNT_FIELDS = (
    "balance held short_limit created_at updated_at last_seq maker_bps taker_bps multiple "
    "open_orders open_buy open_sell long_cost short_cost").split()
EXTENSION_HEAD = (
    "trigger_source trigger_direction trail peg link link_action role wakes").split()
EXTENSION_FIELDS = (
    "trigger_price trail_offset limit_offset peg_offset peg_limit display shown min_quantity "
    "granted state_version").split()
POSITION_FIELDS = "quantity held open_buy cost realized last_seq executed".split()
INSTRUMENT_FIELDS = (
    "tick_size lot_size band_bps min_notional maker_bps taker_bps revision created_at").split()
KEY_FIELDS = "orders_per_second created_at revoked_at expires_at last_seq".split()
MARKET_FIELDS = "last last_quantity last_seq day open high low volume".split()

OPEN_STATUSES = {1, 2, 7, 8}
WORKING_STATUSES = {1, 2}
FILLED, TRIGGERED, PARKED = 3, 7, 8
QUEUED, WAITING, ROLLS_UP = 4, 8, 32
REDUCE_ONLY = 2
CONTAINER, AFTER = 1, 2
BUY, SELL = 1, 2
LIT, INTERNAL = 0, 1
KEY, SESSION = 1, 2
CASH_ONLY = 10_000


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def text(self):
        (size,) = self.take("B")
        return self.bytes(size).decode()

    def bytes(self, size):
        value = self.data[self.at:self.at + size]
        assert len(value) == size, "a record is cut short"
        self.at += size
        return value

    def rest(self):
        return self.bytes(len(self.data) - self.at)

    @property
    def done(self):
        return self.at == len(self.data)


def order(data):
    reader = Reader(data)
    head = reader.take("8B")
    record = dict(zip(ORDER_HEAD, head)) | dict(zip(ORDER_FIELDS, reader.take("17q")))
    assert record["version"] == 1
    record |= {"symbol": reader.text(), "reason": reader.text()}
    return record | extension(reader.bytes(*reader.take("B"))) | {"host": reader.rest()}


def extension(data):
    """What only some orders have; all zero for a plain one."""
    reader = Reader(data or bytes(88))
    found = dict(zip(EXTENSION_HEAD, reader.take("8B")))
    found |= dict(zip(EXTENSION_FIELDS, reader.take("10q")))
    assert reader.done
    return found


def account(data):
    reader = Reader(data)
    version, state, active, self_trade_scope = reader.take("4B")
    assert version == 2
    record = {"state": state, "active": active, "self_trade_scope": self_trade_scope}
    record |= dict(zip(ACCOUNT_FIELDS, reader.take("14q")))
    return record | {"currency": reader.text(), "group": reader.text(), "host": reader.rest()}


def position(data):
    reader = Reader(data)
    version, *count = reader.take("4B")
    assert version == 2
    record = dict(zip(POSITION_FIELDS, reader.take("7q")))
    return record | {"reducers": int.from_bytes(bytes(count), "little")}


def instrument(data):
    reader = Reader(data)
    version, state, price_scale, quantity_scale, money_scale = reader.take("5B")
    assert version == 2
    record = {
        "state": state, "price_scale": price_scale, "quantity_scale": quantity_scale,
        "money_scale": money_scale,
    } | dict(zip(INSTRUMENT_FIELDS, reader.take("8q")))
    record |= {"currency": reader.text()}
    schedule = reader.bytes(reader.take("B")[0])
    changes = [struct.unpack_from("<qB", schedule, at) for at in range(0, len(schedule), 9)]
    return record | {"schedule": changes, "host": reader.rest()}


def market(data):
    reader = Reader(data)
    assert reader.take("4B")[0] == 1
    return dict(zip(MARKET_FIELDS, reader.take("8q")))


def level(data):
    """A level's open quantity and number of orders."""
    return struct.unpack("<qq", data)


def event(data):
    """An event entry: its kind, time, symbol and a list of (section name, fields)."""
    reader = Reader(data)
    version, kind, time = reader.take("BBq")
    assert version == 1
    entry = {"kind": kind, "time": time, "symbol": reader.text(), "sections": []}
    while not reader.done:
        number, size = reader.take("BI")
        name, read = SECTIONS[number]
        entry["sections"].append((name, read(Reader(reader.bytes(size)))))
    return entry


def order_section(reader):
    (cause,) = reader.take("B")
    return {"cause": cause, "id": reader.text(), "record": reader.rest()}


def named_record(reader):
    return {"id": reader.text(), "record": reader.rest()}


def trade_section(reader):
    index, aggressor, book, price, quantity, amount, buy_fee, sell_fee = reader.take("IBBqqqqq")
    return {
        "index": index, "aggressor": aggressor, "book": book, "price": price,
        "quantity": quantity, "amount": amount, "buy_fee": buy_fee, "sell_fee": sell_fee,
        "symbol": reader.text(), "buy_order_id": reader.text(), "sell_order_id": reader.text(),
    }


def level_section(reader):
    book, side, price, quantity, count = reader.take("BBqqq")
    return {"book": book, "side": side, "price": price, "quantity": quantity, "count": count}


def ledger_section(reader):
    kind, amount, balance_after, quantity = reader.take("Bqqq")
    return {
        "type": kind, "amount": amount, "balance_after": balance_after, "quantity": quantity,
        "account": reader.text(), "symbol": reader.text(), "description": reader.text(),
    }


def guard_section(reader):
    mode, held, metric, scope, value, limit, window = reader.take("BBBBqqI")
    return {
        "mode": mode, "held": held, "metric": metric, "scope": scope, "value": value,
        "limit": limit, "window_ms": window, "rule": reader.text(), "order_id": reader.text(),
    }


def decision_section(reader):
    return {"order_id": reader.text(), "decisions": reader.rest()}


def bust_section(reader):
    sequence, index = reader.take("qI")
    entry = {"sequence": sequence, "index": index, "reason": reader.text()}
    _, entry["time"] = reader.take("qq")
    return entry | {"trade": trade_section(reader)}


def key(data):
    reader = Reader(data)
    version, kind, role, scope = reader.take("4B")
    assert version == 1
    record = {"kind": kind, "role": role, "scope": scope} | dict(zip(KEY_FIELDS, reader.take("5q")))
    return record | {
        "digest": reader.bytes(32), "created_by": reader.text(), "parent": reader.text(),
        "host": reader.rest()}


def step_section(reader):
    kind, trades, price, quantity, filled = reader.take("BIqqq")
    return {
        "type": kind, "trades": trades, "price": price, "quantity": quantity, "filled": filled,
        "order_id": reader.text(), "reason": reader.text()}


def audit_section(reader):
    (target,) = reader.take("B")
    entry = {"target": target, "id": reader.text()}
    for name in ("old", "new"):
        entry[name] = reader.bytes(*reader.take("I"))
    return entry | {
        name: reader.text() for name in ("actor", "name", "request_id", "address", "action")}


SECTIONS = {
    1: ("order", order_section),
    2: ("account", named_record),
    3: ("position", named_record),
    4: ("trade", trade_section),
    5: ("level", level_section),
    6: ("instrument", named_record),
    7: ("ledger", ledger_section),
    8: ("market", named_record),
    9: ("guard", guard_section),
    10: ("key", named_record),
    11: ("audit", audit_section),
    12: ("step", step_section),
    13: ("bust", bust_section),
    14: ("group", named_record),
    15: ("limit", named_record),
    16: ("mode", named_record),
    17: ("pending", named_record),
    18: ("switch", named_record),
    19: ("alert", named_record),
    21: ("decision", decision_section),
    22: ("deadline", named_record),
    23: ("throttle", named_record),
    25: ("cancel_task", named_record),
}
