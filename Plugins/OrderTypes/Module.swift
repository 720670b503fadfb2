// The order types and times in force that come with OES, in a library like anyone else's.

import COESPlugin
import OESPluginKit

enum Library {
    static let vendor = "OES"
    static let version = "1.0.0"
}

private let module = PluginModule(
    id: "org.oes.order-types", title: "Order types", vendor: Library.vendor,
    version: Library.version, licence: "MIT",
    orderTypes: [
        Limit.self, Market.self, Stop.self, StopLimit.self, TrailingStop.self,
        TrailingStopLimit.self, MarketIfTouched.self, LimitIfTouched.self, Iceberg.self,
        PostOnly.self, Pegged.self, Bracket.self, OneCancelsOther.self, OneTriggersOther.self,
        TimeWeighted.self,
    ],
    timesInForce: [
        Day.self, GoodTillCancelled.self, ImmediateOrCancel.self, FillOrKill.self,
        GoodTillDate.self,
    ])

// The header gives the name.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func oes_plugin_entry(
    _ host: UnsafePointer<oes_host_t>?
) -> UnsafePointer<oes_module_t>? {
    module.entry(host)
}
