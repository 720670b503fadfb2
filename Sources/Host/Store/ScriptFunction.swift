// One function of the Lua library: its name as it goes over the wire, and how its calls went.

import Base

package final class ScriptFunction {
    package let name: String
    /// Without the library's version.
    package let shortName: String
    package private(set) var errors: Int64 = 0
    /// From handing the command to the connection to its reply.
    package private(set) var latency = Histogram(.requests)

    init(_ scripts: Scripts, _ shortName: String) {
        name = scripts.name(shortName)
        self.shortName = shortName
    }

    /// A refusal is a reply as any other; an error is one of Redis or of the connection.
    func record(_ result: Result<RedisReply, RedisFailure>, micros: Int64) {
        latency.record(micros: micros)
        if case .failure = result { errors &+= 1 }
    }
}
