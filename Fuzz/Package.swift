// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer's instrumentation goes over all of a build (Scripts/fuzz gives the flags).

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

func fuzzer(_ name: String, _ products: [String], _ others: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name, dependencies: ["Driver"] + products.map { .product(name: $0, package: "slipway") } + others,
        path: name)
}

let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(name: "slipway", path: ".."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "Driver", path: "Driver"),
        fuzzer("fuzz-messages", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-attributes", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-kinds", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-datamap", ["GuestRPC"]),
        fuzzer("fuzz-pcap", ["Kernel", "Netlink"]),
        fuzzer("fuzz-user-data", ["Compression", "Documents", "Platform"]),
        fuzzer("fuzz-documents", ["Documents"]),
        fuzzer("fuzz-http", ["Fetch", "Kernel"]),
        fuzzer("fuzz-tables", ["Documents", "Kernel", "Partitions"]),
        fuzzer("fuzz-plans", ["Kernel", "Partitions"]),
        fuzzer("fuzz-selectors", ["BlockDevices", "Kernel"], [systemPackage]),
        fuzzer("fuzz-probers", ["BlockDevices", "Kernel", "Partitions"], [systemPackage]),
        fuzzer("fuzz-disk-records", ["BlockDevices", "Kernel", "Partitions"]),
        fuzzer("fuzz-metadata", ["Documents", "Fetch", "Kernel", "Platform", "Platforms"], [systemPackage]),
    ]
)
