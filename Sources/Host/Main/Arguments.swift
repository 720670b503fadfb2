// The command line. What it sets is put into the environment, so that the supervisor and its workers
// read the same settings.

import Base
import Glibc

struct Arguments {
    enum Role {
        case supervisor
        /// One of the supervisor's workers, by number.
        case worker(Int)
        /// A command about access keys.
        case keys(KeyCommand)
        /// Replays the events and compares.
        case verify(VerifyCommand)
        /// Judges recorded orders anew.
        case replayRisk(ReplayCommand)
        /// Measures a kill switch.
        case drill(DrillCommand)
        /// Prints docs/ORDER_TYPES.md from the loaded plugins.
        case orderTypes
        case help
        case version
    }

    private(set) var role = Role.supervisor
    private(set) var workers = 1
    /// Where the supervisor's private redis-server listens; for workers only.
    private(set) var redisSocket: String?
    /// Whether the worker was started before: what was fit to serve once is waited for.
    private(set) var isRestart = false
    /// Whether other workers listen on the same port; for workers only.
    private(set) var sharesPort = false

    static let help = """
        oes: an order entry system

        oes [--host ADDRESS] [--port PORT] [--workers N]
        oes keys create --name NAME --role admin|risk|trader|viewer
                        [--accounts 1,2|all] [--orders-per-second N]
        oes keys list
        oes keys revoke ID
        oes verify [--json] [--checkpoint] [--from-beginning] [--checkpoints FOLDER]
        oes replay-risk --rule LIBRARY:ENTRY [--config FILE] [--limits JSON]
                        [--since EVENT|TIME] [--until EVENT|TIME] [--json]
                        [--checkpoints FOLDER]
        oes drill [--orders N]
        oes docs order-types
        oes --help | --version

        --host ADDRESS   as OES_HOST
        --port PORT      as OES_PORT; 0 takes any free port
        --workers N      processes that share the port (1 to 16)

        keys create prints the new key's secret, once, alone on standard output. Keys are made and
        revoked while the host runs as well as while it doesn't.

        verify replays the event stream, compares what it says with what stands in Redis, and prints
        a line for each invariant, while the host runs as well as while it doesn't. It exits 0 where
        nothing is wrong, 1 where something differs, 2 where that can't be told. --checkpoint keeps
        what it has come to, so that later ones begin there.

        replay-risk judges the recorded orders by a rule as LIBRARY has it and with these settings, and
        lists every decision that would differ. FILE has what an entry of plugins.json has:
        {"config": {…}, "limits": {…}}; --limits takes the limits alone. It exits 0 where no decision
        differs, 1 where some do, 2 where that can't be told.

        drill measures, on the host that runs, how long a kill switch takes to cancel N orders
        (1,000 unless given) of an account that it makes for this.

        docs order-types prints what the loaded order types and times in force say of themselves.

        Settings are read from the environment and from .env; README.md lists them.
        """

    /// Throws what is wrong with the arguments, in words.
    init(_ arguments: [String]) throws(SettingsError) {
        var rest = arguments.dropFirst()
        if rest.first == "keys" {
            role = .keys(try KeyCommand(rest.dropFirst()))
            return
        }
        if rest.first == "verify" {
            role = .verify(try VerifyCommand(rest.dropFirst()))
            return
        }
        if rest.first == "replay-risk" {
            role = .replayRisk(try ReplayCommand(rest.dropFirst()))
            return
        }
        if rest.first == "drill" {
            role = .drill(try DrillCommand(rest.dropFirst()))
            return
        }
        if rest.first == "docs" {
            guard Array(rest.dropFirst()) == ["order-types"] else {
                throw SettingsError(description: "docs takes order-types; try --help")
            }
            role = .orderTypes
            return
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": role = .help
            case "--version": role = .version
            case "--host": setenv("OES_HOST", try Arguments.value(&rest, of: argument), 1)
            case "--port": setenv("OES_PORT", try Arguments.value(&rest, of: argument), 1)
            case "--workers":
                workers = try Arguments.number(&rest, of: argument, in: 1...16)
            case "--shared-port": sharesPort = true
            case "--restart": isRestart = true
            case "--redis-socket":
                redisSocket = try Arguments.value(&rest, of: argument)
            case "--worker":
                role = .worker(try Arguments.number(&rest, of: argument, in: 0...15))
            default:
                throw SettingsError(description: "unknown argument '\(argument)'; try --help")
            }
        }
    }

    private static func value(
        _ rest: inout ArraySlice<String>, of name: String
    ) throws(SettingsError) -> String {
        guard let value = rest.popFirst() else {
            throw SettingsError(description: "\(name) needs a value; try --help")
        }
        return value
    }

    private static func number(
        _ rest: inout ArraySlice<String>, of name: String, in range: ClosedRange<Int>
    ) throws(SettingsError) -> Int {
        let text = try value(&rest, of: name)
        guard let number = Int(text), range.contains(number) else {
            throw SettingsError(
                description:
                    "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not "
                    + "'\(text)'")
        }
        return number
    }
}
