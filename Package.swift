// swift-tools-version: 6.2
import PackageDescription

// Every folder below Sources/Host is a room, and a target of its own, so that the compiler
// enforces who may import whom. docs/ARCHITECTURE.md shows the map. No package is used.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func room(
    _ name: String, imports: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: imports, path: "Sources/Host/\(name)", resources: resources,
        swiftSettings: strict)
}

func plugin(_ name: String) -> [Target] {
    [
        .target(
            name: name, dependencies: ["COESPlugin", "OESPluginKit"], path: "Plugins/\(name)",
            swiftSettings: strict)
    ]
}

func tests(_ name: String, of rooms: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: rooms, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "oes",
    products: [
        .executable(name: "oes", targets: ["Main"]),
        .library(name: "OESOrderTypes", type: .dynamic, targets: ["OrderTypes"]),
        .library(name: "OESRiskRules", type: .dynamic, targets: ["RiskRules"]),
        .library(name: "OESNotifiers", type: .dynamic, targets: ["Notifiers"]),
        // For firms that write their plugins in Swift, as a package that depends on this one.
        .library(name: "OESPluginKit", type: .static, targets: ["OESPluginKit"]),
    ],
    targets: [
        // What plugins build against.
        .target(name: "COESPlugin", path: "Sources/PluginAPI/COESPlugin"),
        .target(
            name: "OESPluginKit", dependencies: ["COESPlugin"], path: "Sources/PluginAPI/Kit",
            swiftSettings: strict),

        // The host's rooms, in the order in which data passes through them.
        room("Base", imports: []),
        .target(name: "CSystem", path: "Sources/Host/CSystem"),
        .systemLibrary(name: "CHiredis", path: "Sources/Host/CHiredis"),
        room("Loop", imports: ["Base", "CSystem"]),
        room("Wire", imports: ["Base"]),
        room("Server", imports: ["Base", "Loop", "Wire"]),
        room("Trading", imports: ["Base"]),
        room("Plugins", imports: ["Base", "Wire", "Trading", "COESPlugin"]),
        room(
            "Store", imports: ["Base", "Loop", "Trading", "CHiredis", "CSystem"],
            resources: [.embedInCode("Lua")]),
        room("Service", imports: ["Base", "Loop", "Wire", "Trading", "Plugins", "Store"]),
        room("Views", imports: ["Base", "Wire", "Trading", "Plugins", "Service"]),
        room(
            "Feed",
            imports: ["Base", "Loop", "Wire", "Trading", "Plugins", "Store", "Service", "Views"]),
        room("Verify", imports: ["Base", "Wire", "Trading", "Store"]),
        room("UI", imports: [], resources: [.embedInCode("Pages")]),
        room(
            "API",
            imports: [
                "Base", "Wire", "Server", "Trading", "Plugins", "Service", "Views", "Feed", "UI",
            ]),
        .executableTarget(
            name: "Main",
            dependencies: [
                "Base", "Loop", "Wire", "Server", "Trading", "Plugins", "Store", "Service", "Feed",
                "API", "Verify", "CSystem",
            ],
            path: "Sources/Host/Main", swiftSettings: strict),
    ]
        + plugin("OrderTypes") + plugin("RiskRules") + plugin("Notifiers")
        + [
            tests("Base", of: ["Base"]),
            tests("Wire", of: ["Base", "Wire"]),
            tests("Main", of: ["Base", "Loop", "Main"]),
            tests("Server", of: ["Base", "Loop", "Wire", "Server"]),
            tests("Trading", of: ["Base", "Trading"]),
            tests("Plugins", of: ["Base", "Wire", "Trading", "Plugins", "COESPlugin"]),
            // A redis-server of a test's own and the functions called in it.
            .target(
                name: "TestSupport", dependencies: ["CHiredis"], path: "Tests/Support",
                swiftSettings: strict),
            tests("Store", of: ["Base", "Loop", "Trading", "Store", "CSystem", "TestSupport"]),
            tests("Model", of: ["Base", "Trading", "TestSupport"]),
            tests("Service", of: ["Base", "Loop", "Trading", "Store", "Service", "TestSupport"]),
            tests(
                "Verify", of: ["Base", "Trading", "Store", "Service", "Verify", "TestSupport"]),
            tests("Feed", of: ["Base", "Wire", "Trading", "Views", "Feed"]),
            tests("API", of: ["Base", "Loop", "Wire", "Server", "Trading", "Service", "API"]),
        ],
    swiftLanguageModes: [.v6]
)
