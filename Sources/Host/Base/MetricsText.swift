// Prometheus's text format, version 0.0.4: families of samples, each with its help, kind and labels.
// Every sample carries the worker's number, as each worker counts by itself.

package struct MetricsText {
    package enum Kind: String {
        case counter, gauge, histogram
    }

    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""
    private let worker: Int
    private var family = ""

    package init(worker: Int) { self.worker = worker }

    /// Opens a family: the samples that follow are its. Each family once.
    package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    package mutating func sample(_ value: Int64, _ labels: [(String, String)] = []) {
        line(family, labels, "\(value)")
    }

    /// Microseconds, written as seconds.
    package mutating func sample(micros: Int64, _ labels: [(String, String)] = []) {
        line(family, labels, MetricsText.seconds(micros))
    }

    /// A family of one sample.
    package mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Int64) {
        begin(name, kind, help)
        sample(value)
    }

    /// Buckets are cumulative, as the format wants them.
    package mutating func sample(_ histogram: Histogram, _ labels: [(String, String)]) {
        var total: Int64 = 0
        for (bound, count) in zip(histogram.scale.boundsNanos, histogram.counts) {
            total += count
            line(
                "\(family)_bucket", labels + [("le", MetricsText.seconds(nanos: bound))], "\(total)"
            )
        }
        line("\(family)_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
        line("\(family)_sum", labels, MetricsText.seconds(nanos: histogram.sumNanos))
        line("\(family)_count", labels, "\(histogram.count)")
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        let all = labels + [("worker", "\(worker)")]
        let pairs = all.map { "\($0.0)=\"\(MetricsText.escape($0.1))\"" }.joined(separator: ",")
        text += "\(name){\(pairs)} \(value)\n"
    }

    private static func seconds(_ micros: Int64) -> String { Scaled.format(micros, scale: 6) }
    private static func seconds(nanos: Int64) -> String { Scaled.format(nanos, scale: 9) }

    private static func escape(_ value: String) -> String {
        var out = ""
        for character in value {
            switch character {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.append(character)
            }
        }
        return out
    }
}
