// `oes keys …`: what the operator asks about access keys on the command line.

import Base
import Service
import Trading

enum KeyCommand: Sendable {
    case create(NewKey)
    case list
    case revoke(id: String)

    /// `words` are those after `keys`. Throws what is wrong with them, in words.
    init(_ words: ArraySlice<String>) throws(SettingsError) {
        var rest = words
        switch rest.popFirst() {
        case "create": self = .create(try KeyCommand.newKey(rest))
        case "list" where rest.isEmpty: self = .list
        case "revoke" where rest.count == 1: self = .revoke(id: rest.first!)
        case "list": throw SettingsError(description: "'keys list' takes no arguments")
        case "revoke":
            throw SettingsError(
                description: "'keys revoke' takes one key's id, as 'keys list' shows it")
        case let other:
            throw SettingsError(
                description: "'keys' is followed by create, list or revoke, not "
                    + "'\(other ?? "")'; try --help")
        }
    }

    private static func newKey(_ words: ArraySlice<String>) throws(SettingsError) -> NewKey {
        var given: [String: String] = [:]
        var rest = words
        while let word = rest.popFirst() {
            guard ["--name", "--role", "--accounts", "--orders-per-second"].contains(word) else {
                throw SettingsError(
                    description: "'keys create' has no argument '\(word)'; try --help")
            }
            guard let value = rest.popFirst() else {
                throw SettingsError(description: "\(word) needs a value; try --help")
            }
            guard given.updateValue(value, forKey: word) == nil else {
                throw SettingsError(description: "\(word) is given twice")
            }
        }
        guard let name = given["--name"] else {
            throw SettingsError(description: "'keys create' needs --name, to know the key by")
        }
        guard let role = given["--role"].flatMap({ Role(name: $0) }) else {
            throw SettingsError(
                description: "'keys create' needs --role, one of "
                    + Role.allCases.map(\.name).joined(separator: ", "))
        }
        let limit = given["--orders-per-second"].map { Int64($0) ?? -1 }
        do throws(Rejection) {
            return try NewKey(
                name: name, role: role, accounts: accounts(given["--accounts"] ?? "all"),
                ordersPerSecond: limit ?? Limits.ordersPerSecondDefault)
        } catch {
            throw SettingsError(description: error.message)
        }
    }

    private static func accounts(_ text: String) -> AccountScope {
        if text == "all" { return .all }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return .only(Set(parts.map(String.init)))
    }
}
