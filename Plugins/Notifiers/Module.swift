// The notifiers that come with OES, in a library like anyone else's.

import COESPlugin
import OESPluginKit

enum Library {
    static let vendor = "OES"
    static let version = "1.0.0"
}

private let module = PluginModule(
    id: "org.oes.notifiers", title: "Notifiers", vendor: Library.vendor,
    version: Library.version, licence: "MIT",
    notifiers: [
        LogFile.self, Webhook.self, Slack.self, Email.self, RedisPublish.self, Syslog.self,
    ])

// The header gives the name.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func oes_plugin_entry(
    _ host: UnsafePointer<oes_host_t>?
) -> UnsafePointer<oes_module_t>? {
    module.entry(host)
}
