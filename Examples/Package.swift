// swift-tools-version: 6.2
import PackageDescription

// A stranger's package: it depends on the libraries by their products and asks for nothing else of this repository.
let package = Package(
    name: "Examples",
    dependencies: [.package(name: "slipway", path: "..")],
    targets: ["links", "add-routes"].map { name in
        .executableTarget(
            name: name,
            dependencies: ["Kernel", "Netlink", "RouteNetlink"].map { .product(name: $0, package: "slipway") },
            path: "Sources/\(name)")
    }
)
