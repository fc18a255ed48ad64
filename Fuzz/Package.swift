// swift-tools-version: 6.2
import PackageDescription

// A package of its own: libFuzzer's instrumentation goes over all of a build (Scripts/fuzz gives the flags).

func fuzzer(_ name: String, _ products: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: ["Driver"] + products.map { .product(name: $0, package: "slipway") },
        path: name)
}

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "slipway", path: "..")],
    targets: [
        .target(name: "Driver", path: "Driver"),
        fuzzer("fuzz-messages", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-attributes", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-kinds", ["Kernel", "Netlink", "RouteNetlink"]),
        fuzzer("fuzz-datamap", ["GuestRPC"]),
        fuzzer("fuzz-pcap", ["Kernel", "Netlink"]),
        fuzzer("fuzz-user-data", ["Compression", "Documents", "Platform"]),
        fuzzer("fuzz-documents", ["Documents"]),
    ]
)
