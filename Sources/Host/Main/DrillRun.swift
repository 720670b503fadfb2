// `oes drill`: how long a kill switch takes here and now. In the Redis of the host that runs it makes an
// account and an instrument of its own, has so many orders wait in the book and beside it, blocks the
// account, cancels them all as a host does, and tells the times. Nobody else's orders are touched; also
// where something goes wrong no order is left, and the account ends inactive.

import Base
import Glibc
import Loop
import Service
import Store
import Trading

struct DrillCommand: Sendable {
    let orders: Int

    /// `words` are those after `drill`.
    init(_ words: ArraySlice<String>) throws(SettingsError) {
        guard !words.isEmpty else {
            orders = 1_000
            return
        }
        guard words.count == 2, words.first == "--orders", let text = words.last,
            let number = Int(text), (1...Limits.drillOrders).contains(number)
        else {
            throw SettingsError(
                description: "'drill' takes --orders and a number from 1 to \(Limits.drillOrders)")
        }
        orders = number
    }
}

final class DrillRun {
    private let command: DrillCommand
    private let settings: Settings
    private let loop: EventLoop
    private let connection: RedisConnection
    private let matcher: Matcher
    private var exitCode = ExitCode.failure
    private var account = ""
    private var revision: Int64 = 0
    private var placed: [OrderID] = []
    private var nextNumber = 0
    private var inFlight = 0
    private var parkedCount = 0
    private var hasFailed = false
    private static let symbol = "OES.DRILL"
    private static let profile = AccountProfile(
        name: "Kill switch drill", accountType: "drill", riskLevel: "low")

    init(_ command: DrillCommand, _ settings: Settings) throws {
        self.command = command
        self.settings = settings
        loop = try EventLoop()
        let endpoint: RedisEndpoint
        if let external = settings.redis {
            endpoint = RedisEndpoint(external)
        } else if let running = try EmbeddedRedis.running(settings) {
            endpoint = running
        } else {
            throw SettingsError(description: "no host runs here: start one, then drill")
        }
        let log = Log(level: .error, origin: "drill")
        connection = RedisConnection(loop: loop, endpoint: endpoint, name: "oes-drill", log: log)
        StorePreparation(durability: settings.durability, log: log)
            .install(on: connection, loadsLibrary: true)
        matcher = Matcher(connection)
    }

    /// Gives the process's exit code: 0 where every order was cancelled.
    func run() -> Int32 {
        connection.connect()
        _ = loop.schedule(afterMillis: 0) { [self] in waitForRedis(triesLeft: 200) }
        loop.run()
        connection.close()
        return exitCode
    }

    private func waitForRedis(triesLeft: Int) {
        if connection.isUp { return makeInstrument() }
        guard triesLeft > 0, connection.problem == nil else {
            return fail(connection.problem ?? "Redis can't be reached")
        }
        _ = loop.schedule(afterMillis: 25) { [self] in waitForRedis(triesLeft: triesLeft - 1) }
    }

    // MARK: What is blocked

    private func makeInstrument() {
        let instrument = Instrument(
            symbol: DrillRun.symbol, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
            bandBps: 1_000, name: "Kill switch drill", assetType: "stocks")
        matcher.instrument(instrument, create: true, by: .command) { [self] reply in
            switch reply {
            case .success(.done(let made, _)):
                revision = made.revision
                makeAccount()
            case .success(.refused(let refusal)) where refusal.code == "symbol_exists":
                readInstrument()
            default: fail("the instrument: \(reply)")
            }
        }
    }

    private func readInstrument() {
        let key = Keys.first.instruments
        connection.send(RedisCommand("HGET", [key, DrillRun.symbol])) { [self] reply in
            do {
                let record = try reply.get().bytes ?? []
                revision = try Instrument(symbol: DrillRun.symbol, record: record[...]).revision
                makeAccount()
            } catch {
                fail("the instrument: \(error)")
            }
        }
    }

    private func makeAccount() {
        let call = AccountCall(
            .create(id: nil, initialBalance: Money(1_000_000_000)), profile: DrillRun.profile)
        matcher.account(call, by: .command) { [self] reply in
            guard case .success(.done(let made, _)) = reply else {
                return fail("the account: \(reply)")
            }
            account = made.id
            placeOrders()
        }
    }

    private func placeOrders() {
        while !hasFailed, nextNumber < command.orders, inFlight < Limits.massCancelsInFlight {
            nextNumber += 1
            inFlight += 1
            place(nextNumber)
        }
        guard inFlight == 0 else { return }
        if hasFailed { cancelRest() } else { press() }
    }

    /// One of four waits for its trigger, as a stop does.
    private func place(_ number: Int) {
        let id = OrderID(account: account, clientOrderID: "drill-\(number)")
        let isParked = number.isMultiple(of: 4)
        matcher.submit(order(id, isParked: isParked)) { [self] reply in
            inFlight -= 1
            switch reply {
            case .success(.done):
                placed.append(id)
                parkedCount += isParked ? 1 : 0
            case .success(.rejected(let order, _)): tell("an order was refused: \(order.reason)")
            case .success(.refused(let refusal)):
                tell("an order was refused: \(refusal.code): \(refusal.values)")
            default: tell("an order: \(reply)")
            }
            placeOrders()
        }
    }

    private func order(_ id: OrderID, isParked: Bool) -> SubmitCall {
        var plan = Plan(
            pricing: .limit, price: Price(1), quantity: Quantity(1), policy: .rest, book: .lit,
            expireAt: 0)
        if isParked {
            var trigger = OrderExtension()
            trigger.triggerSource = .last
            trigger.triggerDirection = .atOrAbove
            trigger.triggerPrice = Price(1)
            plan.extra = trigger
        }
        return SubmitCall(
            id: id, account: account, symbol: DrillRun.symbol, side: .buy, plan: plan,
            requestHash: 0, instrumentRevision: revision,
            terms: OrderTerms(
                orderType: isParked ? "stop_limit" : "limit", timeInForce: "gtc",
                assetType: "stocks"))
    }

    // MARK: The measurement

    private func press() {
        let began = Clock.monotonicMicros()
        matcher.press(
            .account(account), .killSwitch, by: Actor.command.id, reason: "drill", actor: .command
        ) { [self] reply in
            guard case .success(.done) = reply else {
                tell("the block: \(reply)")
                return cancelRest()
            }
            let blockMicros = Clock.monotonicMicros() - began
            CancelOrders(matcher: matcher, acknowledged: Acknowledged()).run(
                placed, reason: "kill_switch: drill"
            ) { [self] result in
                tell(result, blockMicros, Clock.monotonicMicros() - began)
                cleanUp(result.failed == 0)
            }
        }
    }

    private func tell(_ result: MassCancelResult, _ blockMicros: Int64, _ micros: Int64) {
        print("orders\t\(placed.count)")
        print("parked\t\(parkedCount)")
        print("cancelled\t\(result.cancelled)")
        // A host that runs cancels them as well.
        print("already_ended\t\(result.alreadyEnded)")
        print("failed\t\(result.failed)")
        print("block_micros\t\(blockMicros)")
        print("micros\t\(micros)")
    }

    private func cleanUp(_ isWell: Bool) {
        matcher.lift(.account(account), reason: "end of the drill", by: .command) {
            [self] reply in
            guard case .success(.done) = reply else { return fail("the end: \(reply)") }
            closeAccount(isWell)
        }
    }

    private func closeAccount(_ isWell: Bool) {
        var standing = AccountStanding()
        standing.isActive = false
        let call = AccountCall(
            .update(id: account), standing: standing, profile: DrillRun.profile)
        matcher.account(call, by: .command) { [self] reply in
            guard case .success(.done) = reply else { return fail("the end: \(reply)") }
            exitCode = isWell ? ExitCode.success : ExitCode.failure
            loop.stop()
        }
    }

    // MARK: What goes wrong

    /// Nothing was measured: what was placed goes all the same.
    private func cancelRest() {
        CancelOrders(matcher: matcher, acknowledged: Acknowledged()).run(
            placed, reason: "drill_failed"
        ) { [self] _ in closeAccount(false) }
    }

    private func fail(_ problem: String) {
        tell(problem)
        exitCode = ExitCode.failure
        loop.stop()
    }

    /// Only the first: what follows from it says no more.
    private func tell(_ problem: String) {
        guard !hasFailed else { return }
        hasFailed = true
        let line = Array("oes: drill: \(problem)\n".utf8)
        _ = line.withUnsafeBytes { bytes in unsafe write(2, bytes.baseAddress, bytes.count) }
    }
}
