// Where a Redis listens.

import Base

package enum RedisEndpoint: Sendable, Equatable {
    case unix(path: String)
    case tcp(host: String, port: Int, password: String?)

    package init(_ external: ExternalRedis) {
        self = .tcp(host: external.host, port: external.port, password: external.password)
    }

    var password: String? {
        switch self {
        case .unix: nil
        case .tcp(_, _, let password): password
        }
    }
}

/// Never with the password.
extension RedisEndpoint: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port, _): "\(host):\(port)"
        }
    }
}
