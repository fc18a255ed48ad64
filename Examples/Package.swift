// swift-tools-version: 6.2
import PackageDescription

/// A program that uses these libraries.
func example(_ name: String, _ libraries: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: libraries.map { .product(name: $0, package: "slipway") }, path: "Sources/\(name)")
}

// A stranger's package: it depends on the libraries by their products and asks for nothing else of this repository.
let package = Package(
    name: "Examples",
    dependencies: [.package(name: "slipway", path: "..")],
    targets: [
        example("links", ["Kernel", "Netlink", "RouteNetlink"]),
        example("add-routes", ["Kernel", "Netlink", "RouteNetlink"]),
        example("identity", ["Documents", "Kernel", "Network", "Platform", "Platforms"]),
    ]
)
