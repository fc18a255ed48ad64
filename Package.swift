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
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

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

func executable(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [system], path: "Sources/\(name)", swiftSettings: settings)
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
        .library(name: "Fetch", targets: ["Fetch"]),
        .executable(name: "slipway-metadata-server", targets: ["slipway-metadata-server"]),
        .library(name: "Compression", targets: ["Compression"]),
        .library(name: "Netlink", targets: ["Netlink"]),
        .library(name: "RouteNetlink", targets: ["RouteNetlink"]),
        .library(name: "DHCP", targets: ["DHCP"]),
        .library(name: "Recordings", targets: ["Recordings"]),
        .library(name: "Platform", targets: ["Platform"]),
        .library(name: "Platforms", targets: ["Platforms"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "CKernel", path: "Modules/CKernel"),
        library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        library("CBlkid", pkgConfig: "blkid", apt: "libblkid-dev"),
        library("CKmod", pkgConfig: "libkmod", apt: "libkmod-dev"),

        module("BlockDevices", ["Kernel", "CKernel", "CBlkid"]),
        module("Devices", ["Kernel", "CKernel"]),
        module("Kernel", ["CKernel"]),
        module("KernelModules", ["Kernel", "CKernel", "CKmod"]),
        module("Documents"),
        module("Fetch", ["Kernel"] + nio),

        executable("slipway-metadata-server", ["CKernel", "Kernel", "Documents", argumentParser] + nio),

        .target(name: "CInit", path: "Modules/CInit"),
        source("BringUp", ["Init", "Kernel", "CKernel"]),
        source("Init", ["Kernel", "CKernel"]),
        module("Fetch", ["Kernel"]),
        module("Compression", ["CZstd"]),

        source("ImageBuilder", ["CKernel", "Kernel", "Compression", "Documents"]),
        module("Netlink", ["CKernel", "Kernel"]),
        module("RouteNetlink", ["CKernel", "Kernel", "Netlink"]),
        module("DHCP", ["CKernel", "Kernel"]),
        module("Recordings", ["Kernel", "Documents"]),

        platformCore("Platform", ["Kernel", "Documents", "Fetch"]),
        platforms("Platforms", ["Platform", "Kernel", "Documents", "Fetch"]),

        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(
            name: "TestSupport", dependencies: ["Kernel", "Documents", "CKernel", system], path: "Tests/Support",
            swiftSettings: settings),
        tests("BringUp", ["BringUp", "Init", "Kernel"]),
        tests("Init", ["Init", "Kernel"]),
        tests("Kernel", ["Kernel", "CTestSupport", "TestSupport"]),
        tests("Documents", ["Documents"]),
        tests("Fetch", ["Fetch", "Kernel", "Documents", "TestSupport"]),
        tests("Compression", ["Compression", "Kernel", "TestSupport"]),
        tests("ImageBuilder", ["ImageBuilder", "Compression", "Documents", "Kernel", "TestSupport"]),
        tests("Netlink", ["CTestSupport", "Kernel", "Netlink", "TestSupport"]),
        tests("RouteNetlink", ["CTestSupport", "Documents", "Kernel", "Netlink", "RouteNetlink", "TestSupport"]),
        tests("DHCP", ["CTestSupport", "DHCP", "Kernel", "TestSupport"]),
        tests("Recordings", ["Recordings", "Kernel", "Documents", "Platform", "TestSupport"]),
        tests("Platform", ["Platform", "Kernel", "Documents", "TestSupport"]),
        tests("Platforms", ["Platforms", "Platform", "Kernel", "Documents", "Fetch"]),
    ]
)
