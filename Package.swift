// swift-tools-version: 6.2
import PackageDescription

// How to read this file: `module` is a folder of Modules/, `tests` one of Tests/; Tests/HouseTests reads the
// calls below as text and keeps the dependency rules of ARCHITECTURE.md, so keep their form.

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
        .library(name: "Compression", targets: ["Compression"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        .target(name: "CKernel", path: "Modules/CKernel"),
        library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        module("Kernel", ["CKernel"]),
        module("Documents"),
        module("Fetch", ["Kernel"]),
        module("Compression", ["CZstd"]),

        source("ImageBuilder", ["CKernel", "Kernel", "Compression"]),

        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(
            name: "TestSupport", dependencies: ["Kernel", system], path: "Tests/Support", swiftSettings: settings),
        tests("Kernel", ["Kernel", "CTestSupport", "TestSupport"]),
        tests("Documents", ["Documents"]),
        tests("Compression", ["Compression", "Kernel", "TestSupport"]),
        tests("ImageBuilder", ["ImageBuilder", "Compression", "Documents", "Kernel", "TestSupport"]),
    ]
)
