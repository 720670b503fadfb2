// The limits and modes of risk rules as staff set them at run time: kept in Redis, one for all hosts.
// What isn't set here is as the operator's file says it, and else as the rule's own schema does.
//
// A limit's value is looked for from the most specific scope to the widest, each limit by itself: an
// account that has a limit of its own for one name keeps the firm's for the others.

/// Whose orders a limit is for.
package struct LimitScope: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case firm
        case group(String)
        case account(String)
    }

    package let holder: Holder
    /// nil = every instrument.
    package let symbol: String?

    package init(_ holder: Holder, symbol: String? = nil) {
        self.holder = holder
        self.symbol = symbol
    }

    /// As Redis keeps it: `firm`, `symbol:S`, `group:G`, `group:G|symbol:S`, `account:A`,
    /// `account:A|symbol:S`.
    package var text: String {
        let symbolPart = symbol.map { "symbol:\($0)" }
        let holderPart: String? =
            switch holder {
            case .firm: nil
            case .group(let id): "group:\(id)"
            case .account(let id): "account:\(id)"
            }
        let parts = [holderPart, symbolPart].compactMap { $0 }
        return parts.isEmpty ? "firm" : parts.joined(separator: "|")
    }

    /// nil where it is none of those.
    package init?(text: String) {
        var holder = Holder.firm
        var symbol: String?
        if text != "firm" {
            for part in text.split(separator: "|", omittingEmptySubsequences: false) {
                guard let colon = part.firstIndex(of: ":") else { return nil }
                let name = String(part[part.index(after: colon)...])
                guard !name.isEmpty, symbol == nil else { return nil }
                switch part[..<colon] {
                case "group" where holder == .firm: holder = .group(name)
                case "account" where holder == .firm: holder = .account(name)
                case "symbol": symbol = name
                default: return nil
                }
            }
        }
        self.init(holder, symbol: symbol)
    }

    /// What this scope's orders fall under, the most specific first. `group` is the account's, where
    /// the scope names an account that has one.
    package func chain(group: String?) -> [LimitScope] {
        var holders: [Holder] = []
        switch holder {
        case .account(let id):
            holders = [.account(id)] + (group.map { [.group($0)] } ?? [])
        case .group(let id): holders = [.group(id)]
        case .firm: break
        }
        var chain: [LimitScope] = []
        for holder in holders {
            if let symbol { chain.append(LimitScope(holder, symbol: symbol)) }
            chain.append(LimitScope(holder))
        }
        if let symbol { chain.append(LimitScope(.firm, symbol: symbol)) }
        return chain + [LimitScope(.firm)]
    }
}

package struct RiskPolicy: Hashable, Sendable {
    /// The sequence of its last change, 0 = none ever. Every order carries the one that it was
    /// judged by, and one that isn't Redis's is judged again.
    package var version: Int64 = 0
    /// Rule → scope → limit's name → decimal text.
    package var limits: [String: [LimitScope: [String: String]]] = [:]
    /// What was set; the rule's mode in the operator's file holds for all others.
    package var modes: [String: RuleMode] = [:]

    package init() {}

    /// A limit as it was set for orders of this scope, and where; nil where nothing is set.
    package func limit(
        _ rule: String, _ name: String, for scope: LimitScope, group: String?
    ) -> (value: String, from: LimitScope)? {
        guard let set = limits[rule] else { return nil }
        for scope in scope.chain(group: group) {
            if let value = set[scope]?[name] { return (value, scope) }
        }
        return nil
    }
}
