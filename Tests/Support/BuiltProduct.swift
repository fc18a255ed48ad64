public import Kernel
public import SystemPackage

/// Where an executable of this package is that was built with the tests.
///
/// SwiftPM puts executables beside the test bundle (`.build/<triple>/<configuration>/SlipwayPackageTests.xctest`, which on
/// Linux is the running program), so the folder of `/proc/self/exe` is the build folder, whatever the configuration and the
/// scratch path. Exit tests run as the same file. Throws ENOENT where the product is not built.
public func builtProduct(named name: String) throws(OSError) -> FilePath {
    let folder = try HostRoot.live.linkTarget(of: "/proc/self/exe").removingLastComponent()
    let path = folder.appending(name)
    _ = try OwnedDescriptor.open(path, 0)
    return path
}
