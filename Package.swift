// swift-tools-version: 6.2
import PackageDescription

// How to read this file: `module` is a folder of Modules/, `platforms` and `platformCore` are Platforms/ and its
// Core/, `tests` is a folder of Tests/; Tests/HouseTests reads the calls below as text and keeps the dependency rules of
// ARCHITECTURE.md, so keep their form.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies + [system], path: "Modules/\(name)", swiftSettings: settings)
}

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Modules/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// `Platforms/Core`, below every platform.
func platformCore(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies + [system], path: "Platforms/Core", swiftSettings: settings)
}

/// The platforms, one folder each, and their registry.
func platforms(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies + [system], path: "Platforms", exclude: ["Core"],
        swiftSettings: settings)
}

func source(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies + [system], path: "Sources/\(name)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + [system], path: "Tests/\(name)Tests",
        swiftSettings: settings)
}

let package = Package(
    name: "Slipway",
    products: [
        .library(name: "Kernel", targets: ["Kernel"]),
        .library(name: "Documents", targets: ["Documents"]),
        .library(name: "Recordings", targets: ["Recordings"]),
        .library(name: "Platform", targets: ["Platform"]),
        .library(name: "Platforms", targets: ["Platforms"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        .target(name: "CKernel", path: "Modules/CKernel"),

        module("Kernel", ["CKernel"]),
        module("Documents"),
        module("Fetch", ["Kernel"]),
        module("Recordings", ["Kernel", "Documents"]),

        platformCore("Platform", ["Kernel", "Documents", "Fetch"]),
        platforms("Platforms", ["Platform", "Kernel", "Documents", "Fetch"]),

        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(
            name: "TestSupport", dependencies: ["Kernel", system], path: "Tests/Support", swiftSettings: settings),
        tests("Kernel", ["Kernel", "CTestSupport", "TestSupport"]),
        tests("Documents", ["Documents"]),
        tests("Recordings", ["Recordings", "Kernel", "Documents", "Platform", "TestSupport"]),
        tests("Platform", ["Platform", "Kernel", "Documents", "TestSupport"]),
        tests("Platforms", ["Platforms", "Platform", "Kernel", "Documents", "Fetch"]),
    ]
)
