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
let tls: [Target.Dependency] = [
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOTLS", package: "swift-nio"),
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

/// A program: Swift's runtime and libstdc++ static, so that what ships needs glibc and the C libraries alone; the release
/// link strips, for a strip afterwards is undone by the next build, and keeps no names for who would load it: 3.3 MB that
/// static-stdlib-args.lnk asks for and nobody looks up.
func executable(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [system], path: path ?? "Sources/\(name)",
        exclude: name == "slipway" ? ["Link"] : [], swiftSettings: settings,
        linkerSettings: [
            .unsafeFlags([
                "-static-stdlib", "-Xclang-linker", "-static-libgcc",
                "-L", "\(Context.packageDirectory)/Sources/slipway/Link",
            ]),
            .unsafeFlags(
                ["-Xlinker", "-s", "-Xlinker", "--no-export-dynamic"], .when(configuration: .release)),
            .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationCShims"),
        ])
}

/// A program that measures: never shipped.
func benchmark(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [system], path: "Benchmarks/\(name)", swiftSettings: settings)
}

/// A library of the tests'.
func support(_ name: String, _ dependencies: [Target.Dependency] = [], path: String) -> Target {
    .target(name: name, dependencies: dependencies + [system], path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + [system], path: "Tests/\(name)Tests",
        swiftSettings: settings)
}

let package = Package(
    name: "Slipway",
    products: [
        "BlockDevices", "Compression", "DHCP", "Devices", "Documents", "Fetch", "FileSystems", "GuestRPC", "Kernel",
        "KernelModules", "Netlink", "Network", "Partitions", "Platform", "Platforms", "Recordings", "RouteNetlink",
        "Trust",
    ].map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "slipway", targets: ["slipway"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "CKernel", path: "Modules/CKernel"),
        .target(name: "CInit", path: "Modules/CInit"),
        library("CBlkid", pkgConfig: "blkid", apt: "libblkid-dev"),
        library("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
        library("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        library("CKmod", pkgConfig: "libkmod", apt: "libkmod-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        module("Kernel", ["CKernel"]),
        module("Documents", ["CExpat", "CYAML"]),
        module("Compression", ["CZlib", "CZstd"]),
        module("Netlink", ["CKernel", "Kernel"]),
        module("RouteNetlink", ["CKernel", "Kernel", "Netlink"]),
        module("Recordings", ["CKernel", "Documents", "Kernel", "Netlink"]),
        module("DHCP", ["CKernel", "Kernel"]),
        module("Devices", ["CKernel", "Kernel"]),
        module("KernelModules", ["CKernel", "CKmod", "Kernel"]),
        module("Partitions", ["CKernel", "Documents", "Kernel"]),
        module("BlockDevices", ["CBlkid", "CKernel", "Documents", "Kernel", "Partitions"]),
        module("FileSystems", ["Kernel"]),
        module("Fetch", ["Kernel"] + nio + tls),
        module("GuestRPC", ["CKernel", "Kernel"]),
        module("Network", ["Documents", "Kernel"]),
        platformCore(
            "Platform",
            [
                "BlockDevices", "Compression", "Documents", "Fetch", "FileSystems", "GuestRPC", "Kernel", "Network",
                "Trust",
            ]),
        platforms("Platforms", ["Documents", "Fetch", "Kernel", "Network", "Platform", "Trust"]),
        module("Trust", ["CCrypto", "Documents", "Kernel"]),

        source("Init", ["CKernel", "Kernel"]),
        source(
            "BringUp",
            [
                "BlockDevices", "CKernel", "DHCP", "Devices", "Documents", "Init", "Kernel", "KernelModules", "Netlink",
                "Platform", "Platforms", "Provisioning", "RouteNetlink",
            ]),
        source("Provisioning", ["BlockDevices", "Documents", "Kernel", "Partitions"]),
        source("RouteDocuments", ["CKernel", "Documents", "Kernel", "Netlink", "RouteNetlink"]),
        source("ImageBuilder", ["CKernel", "Compression", "Kernel"]),
        source("VirtualMachine", ["CKernel", "Documents", "Kernel", "RouteNetlink"]),
        executable(
            "slipway",
            [
                "BlockDevices", "BringUp", "CInit", "CKernel", "Devices", "Documents", "Fetch", "GuestRPC",
                "ImageBuilder", "Init", "Kernel", "KernelModules", "Netlink", "Network", "Partitions", "Platform",
                "Platforms", "Provisioning", "Recordings", "RouteDocuments", "RouteNetlink", "VirtualMachine",
                argumentParser,
            ]),
        executable("slipway-metadata-server", ["CKernel", "Documents", "Fetch", "Kernel", argumentParser] + nio),

        .target(name: "CAllocationCount", path: "Benchmarks/CAllocationCount"),
        benchmark("disk-bench", ["BlockDevices", "Kernel"]),
        benchmark("netlink-bench", ["CAllocationCount", "Kernel", "Netlink", "RouteNetlink"]),
        benchmark("platform-bench", ["Fetch", "Kernel", "Platform", "Platforms"]),

        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        support("TestSupport", ["CKernel", "Documents", "Kernel"], path: "Tests/Support"),
        support("VMwareHarness", ["CKernel", "CTestSupport", "Kernel"], path: "Tests/VMwareHarness"),
        support("AgentProtocol", ["Documents", "Kernel"], path: "Tests/AgentProtocol"),
        executable(
            "slipway-test-agent",
            ["AgentProtocol", "Documents", "Kernel", "Netlink", "RouteDocuments", "RouteNetlink"],
            path: "Tests/slipway-test-agent"),
        tests("BlockDevices", ["BlockDevices", "Documents", "Kernel", "Partitions", "TestSupport"]),
        tests("BringUp", ["BringUp", "Init", "Kernel"]),
        tests("CommandLine", ["CTestSupport", "Documents", "Kernel", "TestSupport", "VMwareHarness"]),
        tests("Compression", ["Compression", "Kernel", "TestSupport"]),
        tests("DHCP", ["CTestSupport", "DHCP", "Kernel", "TestSupport"]),
        tests("Devices", ["CTestSupport", "Devices", "Kernel", "TestSupport"]),
        tests("Documents", ["Documents", "Kernel", "TestSupport"]),
        tests("Fetch", ["CTestSupport", "Documents", "Fetch", "Kernel", "TestSupport"]),
        tests("FileSystems", ["FileSystems", "Kernel", "TestSupport"]),
        tests("GuestRPC", ["CKernel", "CTestSupport", "GuestRPC", "Kernel", "TestSupport", "VMwareHarness"]),
        tests("House", ["Kernel"]),
        tests("ImageBuilder", ["Compression", "Documents", "ImageBuilder", "Kernel", "TestSupport"]),
        tests("Init", ["Init"]),
        tests("Kernel", ["CTestSupport", "Kernel", "TestSupport"]),
        tests("KernelModules", ["Kernel", "KernelModules", "TestSupport"]),
        tests("Netlink", ["CKernel", "CTestSupport", "Kernel", "Netlink", "TestSupport"]),
        tests("Network", ["Documents", "Kernel", "Network", "TestSupport"]),
        tests("Partitions", ["Documents", "Kernel", "Partitions", "TestSupport"]),
        tests("Platform", ["Compression", "Documents", "Kernel", "Platform", "TestSupport"]),
        tests(
            "Platforms",
            ["Documents", "Fetch", "Kernel", "Network", "Platform", "Platforms", "TestSupport", "Trust"]),
        tests("Provisioning", ["BlockDevices", "Documents", "Kernel", "Partitions", "Provisioning", "TestSupport"]),
        tests("Recordings", ["Documents", "Kernel", "Netlink", "Platform", "Recordings", "TestSupport"]),
        tests(
            "RouteDocuments",
            [
                "CTestSupport", "Documents", "Kernel", "Netlink", "RouteDocuments", "RouteNetlink", "TestSupport",
            ]),
        tests("RouteNetlink", ["CTestSupport", "Documents", "Kernel", "Netlink", "RouteNetlink", "TestSupport"]),
        tests("Trust", ["Documents", "Kernel", "TestSupport", "Trust"]),
        tests(
            "VirtualMachine",
            [
                "AgentProtocol", "Documents", "ImageBuilder", "Init", "Kernel", "Partitions", "TestSupport",
                "VirtualMachine",
            ]),
    ]
)
