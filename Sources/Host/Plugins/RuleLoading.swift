// One risk rule by itself, with settings of its own: for judging recorded orders anew.

import Base
import Trading
import Wire

extension PluginRegistry {
    /// Loads the library as the host does, with nothing of it active but this rule. Throws where it
    /// can't be loaded, has no such rule, or doesn't take the settings.
    package static func loadRule(
        library path: String, _ entry: PluginConfiguration.Entry, log: Log
    ) throws(PluginError) -> PluginRegistry {
        var maker = EntryMaker(host: HostServices(log: log), callSlot: nil)
        try maker.add(PluginConfiguration.Library(path: path, entries: [entry]), path: path)
        let registry = PluginRegistry(
            libraries: maker.libraries, entries: maker.entries, log: log)
        guard registry.riskRules.count == 1 else {
            throw PluginError("plugin \(path): \(entry.name): expected a risk rule, found another")
        }
        return registry
    }
}

extension PluginConfiguration.Entry {
    /// An entry's settings as plugins.json has them: `{"config": {…}, "limits": {…}}`, both of which
    /// may be left away.
    package init(name: String, settings: JSONValue, place: String) throws(PluginError) {
        self.init(name: name)
        guard case .object(let fields) = settings else {
            throw PluginError("\(place): expected an object, found \(settings.kind)")
        }
        for member in fields.members {
            guard case .object(let object) = member.value else {
                throw PluginError(
                    "\(place): \(member.name): expected an object, found \(member.value.kind)")
            }
            switch member.name {
            case "config": config = object
            case "limits": limits = object
            default:
                throw PluginError(
                    "\(place): expected config and limits, found unknown key \"\(member.name)\"")
            }
        }
    }
}
