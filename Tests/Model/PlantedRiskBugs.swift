// Mistakes in what accounts, groups and limits add to the engine.

let riskBugs = [
    PlantedBug(
        testDescription: "the instrument's fees for everyone",
        right: "return account.taker_bps < 0 and instrument.taker_bps or account.taker_bps",
        wrong: "return instrument.taker_bps"),
    PlantedBug(
        testDescription: "holds without the account's own fees",
        right: "if account.maker_bps < 0 and account.taker_bps < 0 then",
        wrong: "if true then"),
    PlantedBug(
        testDescription: "trades within a group that wants none",
        right: "and account_of(call, resting.account).group == account.group",
        wrong: "and false"),
    PlantedBug(
        testDescription: "buying power that forgets the shorts",
        right: "local worth = account.balance - account.short_cost + account.long_cost",
        wrong: "local worth = account.balance + account.long_cost"),
    PlantedBug(
        testDescription: "a withdrawal of what was lent",
        right: "return free < available and free or available",
        wrong: "return available"),
    PlantedBug(
        testDescription: "totals that are never brought up to date",
        right: "elseif total.is_new or not is_same(sums, total.base) then",
        wrong: "elseif total.is_new then"),
    PlantedBug(
        testDescription: "totals that an account takes along into another group",
        right: "risk.forget_totals(call, account.group)",
        wrong: ""),
    PlantedBug(
        testDescription: "an end that is not counted",
        right: "account.open_orders = account.open_orders - 1",
        wrong: ""),
    PlantedBug(
        testDescription: "a child that is not counted",
        right: "        risk.count(call, child)\n",
        wrong: ""),
    PlantedBug(
        testDescription: "an order that comes without its children",
        right: "return t[1] + 1 + (order == call.main and call.coming or 0)",
        wrong: "return t[1] + 1"),
    PlantedBug(
        testDescription: "a rate that nobody counts",
        right: "append(call, 'writes', { 'HSET', call.keys.rates, field, record })",
        wrong: ""),
    PlantedBug(
        testDescription: "a double click that is forgotten",
        right:
            "append(call, 'writes', { 'SET', same.key, same.times, 'PX', format('%d', same.ttl) })",
        wrong: ""),
    PlantedBug(
        testDescription: "a throttle that never latches",
        right: "throttle.latched, throttle.latched_at, throttle.is_changed = 1, call.time, true",
        wrong: ""),
    PlantedBug(
        testDescription: "an order that executes anew with each fill",
        right: "if order.filled == 0 then\n        local position",
        wrong: "if true then\n        local position"),
    PlantedBug(
        testDescription: "shorts that cost nothing",
        right: "account.short_cost = bounded(account.short_cost + short)",
        wrong: ""),
    PlantedBug(
        testDescription: "net exposure of buys alone",
        right: "return risk.clamp(size_of(up) >= size_of(down) and up or down)",
        wrong: "return risk.clamp(up)"),
    PlantedBug(
        testDescription: "sells that add nothing to what is open",
        right: "account.open_sell = bounded(account.open_sell + (notional - was_notional))",
        wrong: ""),
    PlantedBug(
        testDescription: "a cash limit that the order itself doesn't count for",
        right: "local value = available_cash(account) - added_hold(call, order, is_waiting)",
        wrong: "local value = available_cash(account)"),
    PlantedBug(
        testDescription: "a switch that waiting orders don't see",
        right: "if bar then return parked.turn_away(call, order, bar, why) end",
        wrong: ""),
    PlantedBug(
        testDescription: "a group's state that counts for nothing",
        right: "if of_group > state then",
        wrong: "if false then"),
    PlantedBug(
        testDescription: "an old policy that is taken for the newest",
        right: "return version ~= (found[1] or '0')",
        wrong: "return false"),
]
