// What the tests of this room share: a scratch folder, a C compiler, loading, and values.

import Base
import Foundation
import Testing
import Trading
import Wire

@testable import Plugins

/// A folder of its own that is gone with the value.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/oes-plugins-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(what: "no scratch folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }
}

struct Failure: Error {
    let what: String
}

enum Files {
    /// The repository's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()
    static let include = "\(root)Sources/PluginAPI/COESPlugin/include"
    /// Where the shipped libraries are built: beside the test's own binary.
    static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path()
}

/// Runs a program to its end; its exit code and all that it said.
func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// Builds a plugin from C as a stranger would.
func compile(
    _ source: String, to library: String, defines: [String] = [], include: String = Files.include
) throws {
    let result = try run(
        "cc",
        ["-std=c11", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-I", include]
            + defines.map { "-D\($0)" } + ["-o", library, source])
    guard result.code == 0 else { throw Failure(what: result.output) }
}

/// The hostile plugin with one fault, or a good one without.
func compileHostile(_ scratch: borrowing Scratch, _ faults: [String]) throws -> String {
    let library = "\(scratch.path)/hostile\(faults.joined(separator: "-").hashValue).so"
    try compile(
        "\(Files.root)Tests/hostile-plugins/hostile.c", to: library, defines: faults)
    return library
}

/// The plugin of pieces.c whose functions consist of these C statements, with the shipped times in
/// force.
func desk(plan: String, event: String? = nil, stateVersion: Int = 3) throws -> Desk {
    let scratch = try Scratch()
    let library = "\(scratch.path)/pieces.so"
    // A line break would end the macro.
    let line = { (statements: String) in statements.replacing("\n", with: " ") }
    try compile(
        "\(Files.root)Tests/hostile-plugins/pieces.c", to: library,
        defines: ["PLAN=\(line(plan))", "STATE_VERSION=\(stateVersion)"]
            + (event.map { ["EVENT=\(line($0))"] } ?? []))
    return try Desk([orderTypes, PluginConfiguration.Library(path: library)])
}

let quiet = Log(level: .error, origin: "test")

func load(
    _ libraries: [PluginConfiguration.Library], callSlot: CallSlot? = nil
) throws(PluginError) -> PluginRegistry {
    try PluginRegistry.load(
        PluginConfiguration(folder: "/nowhere", libraries: libraries),
        executableFolder: Files.build, callSlot: callSlot, log: quiet)
}

/// The error's text where loading fails, as it must.
func refusal(_ libraries: [PluginConfiguration.Library]) -> String {
    do throws(PluginError) {
        _ = try load(libraries)
        return "nothing was refused"
    } catch {
        return error.description
    }
}

let orderTypes = PluginConfiguration.Library(path: "libOESOrderTypes.so")
let riskRules = PluginConfiguration.Library(path: "libOESRiskRules.so")

/// The shipped rules' library with one of them active; limits and config as JSON.
func ruleLibrary(
    _ rule: String, _ limits: String, config: String = "{}", mode: RuleMode = .enforce,
    mayBlock: Bool = false, mayCancel: Bool = false
) -> PluginConfiguration.Library {
    func object(_ text: String) -> JSONObject {
        guard case .object(let object)? = try? JSONParser.parse(Array(text.utf8)) else {
            preconditionFailure("no JSON object: \(text)")
        }
        return object
    }
    let entry = PluginConfiguration.Entry(
        name: rule, mode: mode, config: object(config), limits: object(limits),
        mayBlock: mayBlock, mayCancel: mayCancel)
    return PluginConfiguration.Library(path: "libOESRiskRules.so", entries: [entry])
}

/// A desk on which one rule works.
func ruleDesk(
    _ rule: String, _ limits: String, config: String = "{}", mode: RuleMode = .enforce
) throws -> Desk {
    try Desk([orderTypes, ruleLibrary(rule, limits, config: config, mode: mode)])
}

enum Sample {
    static let time: Int64 = 1_800_000_000_000_000
    static let sessionEnd: Int64 = time + 3_600_000_000

    /// Two decimals of price, whole shares.
    static let stock = Instrument(
        symbol: "AAPL", priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1, bandBps: 500,
        name: "Apple", assetType: "stocks")
    /// A coarse tick, fractional units, fees.
    static let coin = Instrument(
        symbol: "BTC-USD", priceScale: 2, quantityScale: 8, tickSize: 25, lotSize: 1_000,
        bandBps: 500, makerFeeBps: 10, takerFeeBps: 20, name: "Bitcoin", assetType: "crypto")

    static func request(
        _ side: Side = .buy, _ quantity: Int64 = 100, at price: Int64? = 15_000,
        type: String = "limit", time: String = "gtc", symbol: String = "AAPL",
        params: [OrderParam] = []
    ) -> OrderRequest {
        OrderRequest(
            account: "1", symbol: symbol, side: side, quantity: Quantity(quantity),
            price: price.map { Price($0) }, orderType: type, timeInForce: time,
            clientOrderID: "a1", params: params)
    }

    static func market(
        bid: Int64? = nil, ask: Int64? = nil, last: Int64? = nil
    ) -> MarketSnapshot {
        MarketSnapshot(
            bestBid: bid.map { Price($0) }, bestAsk: ask.map { Price($0) },
            last: last.map { Price($0) }, asOfSequence: 7, time: time)
    }

    /// Money in units of 1/10000.
    static func account(balance: Int64, held: Int64 = 0) throws -> Account {
        var writer = ByteWriter()
        for byte: UInt8 in [2, 1, 1, 0] { writer.byte(byte) }
        for number in [balance, held, 0, 0, 0, 0, -1, -1, 10_000, 0, 0, 0, 0, 0] {
            writer.int64(number)
        }
        writer.string("USD")
        writer.string("")
        writer.raw(
            AccountProfile(name: "A", accountType: "cash", riskLevel: "low").encoded())
        return try Account(id: "1", record: writer.bytes[...])
    }

    /// An order that stands with a hold, to be amended.
    static func order(quantity: Int64, filled: Int64, hold: Int64) throws -> Order {
        try order("1-a1", quantity: quantity, filled: filled, hold: hold)
    }

    /// Any order, as its record says.
    static func order(
        _ id: String, _ status: OrderStatus = .partiallyFilled, _ side: Side = .buy,
        price: Int64? = 15_000, quantity: Int64, filled: Int64 = 0, hold: Int64 = 0,
        terms: OrderTerms = OrderTerms(orderType: "limit", timeInForce: "gtc")
    ) throws -> Order {
        var writer = ByteWriter()
        let pricing: UInt8 = price == nil ? 2 : 1
        for byte in [1, status.rawValue, side.rawValue, 1, 0, pricing, 1, 0] { writer.byte(byte) }
        for number in [price ?? 0, quantity, filled, 0, 0, 0, hold] { writer.int64(number) }
        for number in [0, 0, 0, 0, 0, time, time, 0, 0, 0] { writer.int64(number) }
        writer.string("AAPL")
        writer.string("")
        writer.block([])
        writer.raw(terms.encoded())
        return try Order(id: OrderID(id), record: writer.bytes[...])
    }
}

/// A registry with one thing that plans and one that checks.
struct Desk {
    let registry: PluginRegistry
    let planner: OrderPlanner
    let gate: RiskGate

    init(_ libraries: [PluginConfiguration.Library] = [orderTypes, riskRules]) throws {
        registry = try load(libraries)
        planner = OrderPlanner(registry: registry)
        gate = RiskGate(registry: registry)
    }

    func plan(
        _ request: OrderRequest, instrument: Instrument = Sample.stock,
        market: MarketSnapshot = Sample.market(), sessionEnd: Int64 = Sample.sessionEnd
    ) -> Result<Plan, Rejection> {
        planner.plan(
            request, instrument: instrument, market: market, sessionEnd: sessionEnd)
    }

    /// With the type's params as a client writes them, e.g. `{"stop_price": "145"}`.
    func plan(
        _ type: String, _ side: Side = .buy, _ quantity: Int64 = 100, at price: Int64? = nil,
        time: String = "gtc", params json: String = "{}",
        instrument: Instrument = Sample.stock, market: MarketSnapshot = Sample.market(),
        _ change: (inout OrderRequest) -> Void = { _ in }
    ) -> Result<Plan, Rejection> {
        guard let entry = registry.orderType(type),
            case .object(let object)? = try? JSONParser.parse(Array(json.utf8))
        else { preconditionFailure("no type \(type), or no JSON: \(json)") }
        return entry.convertParams(object, instrument: instrument).flatMap { params in
            var request = Sample.request(
                side, quantity, at: price, type: type, time: time, params: params)
            request.paramsJSON = Array(json.utf8)
            change(&request)
            return plan(request, instrument: instrument, market: market)
        }
    }

    func check(
        _ request: OrderRequest, instrument: Instrument = Sample.stock,
        market: MarketSnapshot = Sample.market(), balance: Int64 = Scaled.maximum,
        held: Int64 = 0, amending: Order? = nil, policy: RiskPolicy = RiskPolicy(),
        usual: UsualSize? = nil, isChild: Bool = false
    ) throws -> RiskDecision {
        let plan = try plan(request, instrument: instrument, market: market).get()
        return gate.check(
            amending == nil ? .submit : .amend, request: request, plan: plan,
            scene: RiskScene(
                account: try Sample.account(balance: balance, held: held), position: nil,
                instrument: instrument, market: market, policy: policy, usual: usual),
            amending: amending, isChild: isChild)
    }
}
