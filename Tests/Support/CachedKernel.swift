internal import Kernel
public import SystemPackage

/// A kernel that the Makefile unpacked below the repository: `.cache/kernels/NAME/{boot,lib/modules}`.
public struct CachedKernel: Sendable {
    /// The `cloud` flavour of Debian's, or nil where the cache has none.
    public static let cloud = CachedKernel(name: "cloud")
    /// The `generic` flavour.
    public static let generic = CachedKernel(name: "generic")

    /// What `modprobe -d` takes.
    public let root: FilePath
    public let version: String
    public var tree: FilePath { root.appending("lib/modules").appending(version) }

    private init?(name: String) {
        var directory = FilePath(#filePath).removingLastComponent()
        while !directory.components.isEmpty {
            let root = directory.appending(".cache/kernels").appending(name)
            let versions = (try? LiveFiles().entries(of: root.appending("lib/modules"))) ?? []
            if let version = versions.last {
                self.root = root
                self.version = version
                return
            }
            directory.removeLastComponent()
        }
        return nil
    }
}
