// The program: a supervisor that starts the private redis-server and the workers, or one worker.

import Base
import Glibc
import Plugins

@main
struct Main {
    static func main() {
        do throws(SettingsError) {
            let arguments = try Arguments(CommandLine.arguments)
            switch arguments.role {
            case .help: print(Arguments.help)
            case .version: print("oes \(Version.text)")
            case .supervisor:
                exit(Supervision(try Settings.load(), workers: arguments.workers).run())
            case .keys(let command): exit(try runKeys(command))
            case .verify(let command):
                exit(VerifyRun(command: command, settings: try Settings.load()).run())
            case .replayRisk(let command):
                exit(ReplayRun(command: command, settings: try Settings.load()).run())
            case .drill(let command): exit(try runDrill(command))
            case .orderTypes: try printOrderTypes()
            case .worker(let number):
                let worker = Worker(
                    try Settings.load(), number: number, arguments: arguments)
                exit(worker.run())
            }
        } catch {
            fail(error.description)
        }
    }

    private static func runKeys(_ command: KeyCommand) throws(SettingsError) -> Int32 {
        do {
            return try KeyRun(command, try Settings.load()).run()
        } catch {
            throw SettingsError(description: "\(error)")
        }
    }

    private static func runDrill(_ command: DrillCommand) throws(SettingsError) -> Int32 {
        do {
            return try DrillRun(command, try Settings.load()).run()
        } catch {
            throw SettingsError(description: "\(error)")
        }
    }

    private static func printOrderTypes() throws(SettingsError) {
        do {
            let log = Log(level: .warning, origin: "docs")
            let registry = try PluginRegistry.load(try Settings.load(), callSlot: nil, log: log)
            print(OrderTypesDocument.text(registry), terminator: "")
            registry.shutdown()
        } catch {
            throw SettingsError(description: "\(error)")
        }
    }

    /// A mistake in settings or arguments: said plainly, without a time and a level.
    private static func fail(_ message: String) -> Never {
        let line = Array("oes: \(message)\n".utf8)
        _ = line.withUnsafeBytes { bytes in unsafe write(2, bytes.baseAddress, bytes.count) }
        exit(ExitCode.configuration)
    }
}

enum ExitCode {
    /// A clean end.
    static let success: Int32 = 0
    /// Something went wrong that a new start may mend: the supervisor starts the worker again.
    static let failure: Int32 = 1
    /// Of commands that compare: what they were asked can't be told.
    static let unable: Int32 = 2
    /// Settings, plugins or data that a new start can't mend (EX_CONFIG): everything stops.
    static let configuration: Int32 = 78
}
