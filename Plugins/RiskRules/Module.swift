// The risk rules that come with OES, in a library like anyone else's.

import COESPlugin
import OESPluginKit

enum Library {
    static let vendor = "OES"
    static let version = "2.0.0"
}

private let module = PluginModule(
    id: "org.oes.risk-rules", title: "Risk rules", vendor: Library.vendor,
    version: Library.version, licence: "MIT",
    riskRules: [
        MaxOrder.self, PriceCollar.self, PositionLimit.self, BuyingPower.self, Exposure.self,
        OpenOrders.self, OrderRate.self, DailyLoss.self, RestrictedList.self, DuplicateOrder.self,
        ExecutionThrottle.self, FatFinger.self,
    ])

// The header gives the name.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func oes_plugin_entry(
    _ host: UnsafePointer<oes_host_t>?
) -> UnsafePointer<oes_module_t>? {
    module.entry(host)
}
