// The plugins that the settings name.

import Base
import Plugins

extension PluginRegistry {
    static func load(
        _ settings: Settings, callSlot: CallSlot?, log: Log
    ) throws -> PluginRegistry {
        guard let path = settings.pluginsFile ?? Settings.defaultFile("plugins.json") else {
            throw SettingsError(
                description: "no plugins.json in the current folder or beside the executable; name "
                    + "the configuration with OES_PLUGINS")
        }
        let configuration = try PluginConfiguration.load(path: path)
        return try PluginRegistry.load(
            configuration, executableFolder: executableFolder() ?? ".", callSlot: callSlot,
            log: log)
    }
}
